/** What was sampled: kept for a while only, of no use elsewhere, and by far the most rows. No copy of the state has them. */
export const SAMPLE_TABLES: readonly string[] = ["minute_samples", "hour_samples"];
