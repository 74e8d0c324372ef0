// Keeps an open page up to date. The stream says that something has changed; the page then reads its live parts again
// from its own address, at most every three seconds. Without a stream it asks now and then. A hidden page does neither.

const live = document.getElementById("live");
const words = document.getElementById("live-words");
const QUIET_MS = 3000;
const ASK_MS = 20000;
const topics = live.dataset.topics.split(" ");
let stream = null;
let since = live.dataset.since;
let last = 0;
let later = 0;
let isOver = false;
let isStale = false;
let changed = [];

function read() {
  if (document.hidden || isOver) return;
  const wait = last + QUIET_MS - Date.now();
  if (wait > 0) {
    if (!later) later = setTimeout(() => { later = 0; read(); }, wait);
    return;
  }
  last = Date.now();
  isStale = false;
  changed = [];
  htmx.trigger(live, "read");
}

function open() {
  if (stream || isOver || document.hidden || !live.dataset.stream) return;
  const url = new URL(live.dataset.stream, location.href);
  url.searchParams.set("since", since);
  stream = new EventSource(url, { withCredentials: true });
  stream.addEventListener("changed", (event) => {
    since = event.lastEventId;
    const said = event.data.split(" ");
    if (said.includes("all") || said.some((topic) => topics.includes(topic))) read();
  });
  stream.addEventListener("error", () => {
    if (stream && stream.readyState === EventSource.CLOSED) close();
  });
}

function close() {
  if (stream) stream.close();
  stream = null;
}

// Not all pages at the same moment, when the stream of all of them has gone.
setInterval(() => {
  if (stream && stream.readyState === EventSource.OPEN) return;
  read();
  open();
}, ASK_MS + Math.random() * 5000);

document.addEventListener("visibilitychange", () => {
  if (document.hidden) close();
  else if (live.dataset.stream) open();
  else read();
});
window.addEventListener("pagehide", close);
window.addEventListener("pageshow", open);

// -- what is swapped --------------------------------------------------------------------------------------------------

// Nothing that somebody is at: a field they are in, a button they have reached, a form they have begun to fill in.
function isBusy(part) {
  if (part.contains(document.activeElement)) return true;
  return [...part.querySelectorAll("input:not([type=hidden]), textarea, select")].some((field) => {
    if (field.tagName === "SELECT") {
      const given = [...field.options].some((option) => option.defaultSelected);
      return given ? [...field.options].some((o) => o.selected !== o.defaultSelected) : field.selectedIndex > 0;
    }
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    return field.value !== field.defaultValue;
  });
}

// What a part says, apart from how long ago: that alone is no news.
function said(part) {
  const copy = part.cloneNode(true);
  for (const each of copy.querySelectorAll("time")) each.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

const opened = (part) => [...part.querySelectorAll("details")].map((each) => each.open);

document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (!isReading) return;
  const coming = fragment.firstElementChild;
  if (!coming || said(coming) === said(target)) {
    event.detail.shouldSwap = false;
  } else if (isBusy(target)) {
    event.detail.shouldSwap = false;
    isStale = true;
  } else {
    changed.push(target.id);
    const before = opened(target);
    const after = [...coming.querySelectorAll("details")];
    if (after.length === before.length) after.forEach((each, place) => { each.open = before[place]; });
    for (const each of coming.querySelectorAll(".scripted")) each.hidden = false;
  }
});

// A list that was filtered since has another address; a form that came back stands at its act's.
live.addEventListener("htmx:configRequest", (event) => {
  if (!live.dataset.fixed) event.detail.path = location.pathname + location.search;
});

let isReading = false;
live.addEventListener("htmx:beforeSwap", (event) => {
  const asked = new URL(event.detail.pathInfo.requestPath, location.href).pathname;
  const answered = new URL(event.detail.xhr.responseURL || location.href).pathname;
  isReading = event.detail.xhr.status === 200 && asked === answered;
  if (isReading) return;
  event.detail.shouldSwap = false; // signed out, or the page is not theirs any more
  if (event.detail.xhr.status < 500) {
    isOver = true;
    close();
  }
});
live.addEventListener("htmx:afterRequest", () => {
  isReading = false;
  if (!changed.length) return;
  const unread = document.querySelector("#bell .count");
  words.textContent = "";
  setTimeout(() => {
    const isTold = changed.includes("bell") && unread;
    words.textContent = isTold ? `${live.dataset.told} ${unread.textContent.trim()}` : live.dataset.words;
  }, 100);
});

// What had to wait while somebody was at it is read again when they have left it.
document.addEventListener("focusout", () => {
  if (isStale) setTimeout(read, 300);
});

open();
