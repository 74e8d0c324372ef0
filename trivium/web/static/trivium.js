// What makes the pages quicker to use. Everything works without it.

const one = (selector, root = document) => root.querySelector(selector);

// "/" goes to the search box, Escape closes what is open.
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = one("#seek");
    if (box) { event.preventDefault(); box.focus(); box.select(); }
  }
  if (event.key === "Escape") {
    for (const open of document.querySelectorAll("details.drop[open]")) {
      open.open = false;
      one("summary", open).focus();
    }
  }
});

// Keys that go somewhere: "?" tells them all, "g" and a figure open a place of the menu, j and k walk the rows.
let isGoing = false;
document.addEventListener("keydown", (event) => {
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isGoing && /^[1-9]$/.test(event.key)) {
    const place = document.querySelectorAll("nav.menu a")[Number(event.key) - 1];
    if (place) place.click();
  }
  isGoing = event.key === "g";
  if (event.key === "?") {
    const help = one("a[data-keys]");
    if (help) location.href = help.href;
  } else if (event.key === "j" || event.key === "k") {
    const rows = [...document.querySelectorAll(".list tbody a, .tasks .what a")].filter((each, place, all) => all.findIndex((other) => other.closest("tr, li") === each.closest("tr, li")) === place);
    const at = rows.indexOf(document.activeElement);
    const next = rows[event.key === "j" ? at + 1 : Math.max(at - 1, 0)];
    if (next) next.focus();
  } else if (event.key === "x") {
    const box = one("input[name=item]", document.activeElement.closest("tr") || document.createElement("tr"));
    if (box) box.click();
  } else if (event.key === "n" || event.key === "p") {
    const page = one(`.pager a[rel=${event.key === "n" ? "next" : "prev"}]`);
    if (page) page.click();
  }
});

// One sheet at a time, and none after a click elsewhere.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.drop[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

// The menu folds at once; the server is told on the side.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches(".fold-menu")) {
    event.preventDefault();
    const button = one("button", form);
    document.body.classList.toggle("narrow-menu", button.value === "narrow");
    const sent = new FormData(form);
    sent.set(button.name, button.value);
    fetch(form.action, { method: "POST", body: sent, redirect: "manual" });
    button.value = button.value === "narrow" ? "wide" : "narrow";
  } else if (form.matches(".act")) {
    // An act is sent once; its button says so. The server would answer the second click with the first one's result.
    setTimeout(() => form.classList.add("sent"), 0);
  }
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll(".act.sent")) form.classList.remove("sent");
});

// The quantity box moves the step that applies and the line's total as one types. Amounts stay whole numbers: the
// price of one unit comes as an integer of `scale` parts of the currency's smallest unit.
function follow(box) {
  const table = document.getElementById(box.dataset.steps);
  const total = document.getElementById(box.dataset.total);
  if (!table) return;
  const typed = box.value.normalize("NFKC").replace(/[,，\s]/g, "");
  const quantity = /^\d+(\.\d+)?$/.test(typed) ? Number(typed) : 0;
  let current = null;
  for (const cell of table.querySelectorAll("[data-from]")) {
    if (quantity >= Number(cell.dataset.from)) current = cell.dataset.from;
  }
  for (const cell of table.querySelectorAll("[data-from]")) {
    cell.classList.toggle("here", cell.dataset.from === current);
  }
  if (!total) return;
  const price = current && one(`[data-from="${current}"][data-price]`, table);
  const parts = typed.split(".")[1] || "";
  if (!price || !quantity) { total.textContent = "–"; return; }
  const whole = BigInt(typed.replace(".", "")) * BigInt(price.dataset.price);
  const down = BigInt(price.dataset.scale) * 10n ** BigInt(parts.length);
  const minor = (whole * 2n + down) / (down * 2n);
  const digits = Number(price.dataset.digits);
  const text = minor.toString().padStart(digits + 1, "0");
  const major = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ",");
  total.textContent = price.dataset.sign + major + (digits ? "." + text.slice(-digits) : "");
}
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-steps]")) follow(event.target);
});
for (const box of document.querySelectorAll("[data-steps]")) follow(box);

// Charts are drawn when they come into view; the table under each is the same numbers.
const charts = document.querySelectorAll("[data-chart]");
if (charts.length) {
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      import(entry.target.dataset.script).then((module) => module.draw(entry.target));
    }
  });
  for (const chart of charts) watcher.observe(chart);
}

// Rows for an act on many: all of a page at once, and how many are chosen.
function count(list) {
  const rows = [...list.querySelectorAll("input[name=item]")];
  const chosen = rows.filter((row) => row.checked).length;
  const all = one("[data-all]", list), said = one("[data-chosen]", list);
  if (all) { all.checked = chosen > 0 && chosen === rows.length; all.indeterminate = chosen > 0 && chosen < rows.length; }
  if (said) said.textContent = `${chosen} ${said.dataset.words}`;
}
document.addEventListener("change", (event) => {
  const list = event.target.closest(".list");
  if (!list || !event.target.matches("[data-all], input[name=item]")) return;
  if (event.target.matches("[data-all]")) {
    for (const row of list.querySelectorAll("input[name=item]")) row.checked = event.target.checked;
  }
  count(list);
});
document.addEventListener("htmx:afterSettle", () => {
  for (const each of document.querySelectorAll(".scripted")) each.hidden = false;
});

// A phone's bar is narrower than its places: the one that is open is brought into sight.
const place = one("nav.menu [aria-current]");
if (place) place.parentElement.scrollLeft = place.offsetLeft - (place.parentElement.clientWidth - place.offsetWidth) / 2;

// What only a script can do is shown only where scripts run.
for (const each of document.querySelectorAll(".scripted")) each.hidden = false;
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
