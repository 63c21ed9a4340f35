// Finds sections that have all words of what is typed; those whose title has them come first. `sections` is of search-index.js.
const [field, found, pages] = ["search", "found", "pages"].map((id) => document.getElementById(id));
const RESULTS_MAX = 20;

function search(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const has = (where) => words.every((word) => where.toLowerCase().includes(word));
  const hits = sections.filter(({ title, text: body }) => has(`${title} ${body}`));
  return [...hits.filter(({ title }) => has(title)), ...hits.filter(({ title }) => !has(title))].slice(0, RESULTS_MAX);
}

function show() {
  const hits = search(field.value);
  found.replaceChildren(
    ...hits.map(({ page, title, anchor }) => {
      const [item, link] = [document.createElement("li"), document.createElement("a")];
      link.href = `${page}.html#${anchor}`;
      link.textContent = title;
      item.append(link, ` ${page}`);
      return item;
    }),
  );
  if (field.value.trim() !== "" && hits.length === 0) found.textContent = "Nothing found.";
  found.hidden = field.value.trim() === "";
  pages.hidden = !found.hidden;
}

field.addEventListener("input", show);
field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  found.querySelector("a")?.click();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== field && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    field.focus();
  }
  if (event.key === "Escape" && document.activeElement === field) {
    field.value = "";
    show();
    field.blur();
  }
});
show();
