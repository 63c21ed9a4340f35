// row-writer.ts DATABASE [PAUSE]: commits one row after another into a SQLite database, durably, and says of each that it is being written
// and that it was acknowledged; PAUSE milliseconds lie between two. Ends when its input ends.
import { writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay, setImmediate as turn } from "node:timers/promises";

const [path = "", pauseMs = "0"] = process.argv.slice(2);
const database = new DatabaseSync(path);
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 50;");
database.exec("CREATE TABLE IF NOT EXISTS rows (number INTEGER PRIMARY KEY, filler BLOB NOT NULL)");
const insert = database.prepare("INSERT INTO rows (number, filler) VALUES (?, randomblob(3000))");
let over = false;
process.stdin.once("end", () => {
  over = true;
});
process.stdin.resume();
const before = database.prepare("SELECT coalesce(max(number), 0) AS newest FROM rows").get();
for (let number = 1 + Number(before?.["newest"] ?? 0); !over; number += 1) {
  say("begun", number);
  insert.run(number);
  say("acknowledged", number);
  await (pauseMs === "0" ? turn() : delay(Number(pauseMs)));
}
database.close();

function say(what: string, number: number): void {
  writeSync(1, `${what} ${number}\n`);
}
