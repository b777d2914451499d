// Keeps the answer up to date while the form is filled in. Without it the button does the same.
// The service reads what was typed: /answer gives what it understood, and the answer to that.

const form = document.querySelector("#ask");
const announcement = document.querySelector("#announcement");

function parts(page) {
  return page.querySelectorAll("[data-part]");
}

function show(page) {
  for (const part of parts(page)) {
    const shown = document.getElementById(part.id);
    if (shown.innerHTML !== part.innerHTML) shown.replaceChildren(...part.childNodes);
    if (!part.matches(".notes")) continue;
    const entry = shown.closest(".field").querySelector("input, select");
    if ("wrong" in part.dataset) entry.setAttribute("aria-invalid", "true");
    else entry.removeAttribute("aria-invalid");
  }
  const answer = page.querySelector("#answer");
  if (!answer) return markStale("For what was told before");
  const focused = document.querySelector("#answer a:focus")?.getAttribute("href");
  const open = [...document.querySelectorAll("#answer details[open]")].map(({ id }) => id);
  document.querySelector("#answer").replaceWith(answer);
  if (focused) answer.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  enhance();
  announcement.textContent = [...answer.querySelectorAll(".value, .sure, .beyond")]
    .map((part) => part.textContent.trim().replace(/\s+/g, " "))
    .join(". ");
}

function markStale(words) {
  const note = document.querySelector("#stale");
  note.textContent = words;
  note.hidden = false;
  document.querySelector("#answer").toggleAttribute("data-stale", true);
}

function showGone(status) {
  const line = document.createElement("p");
  line.className = "error";
  line.textContent = status ? `The service could not answer (status ${status}). ` : "The service cannot be reached. ";
  const again = document.createElement("button");
  again.className = "again";
  again.textContent = "Try again";
  line.append(again);
  document.querySelector("#problem").replaceChildren(line);
  markStale("For what was told before");
}

// What needs a script is shown where there is one
function enhance() {
  for (const tool of document.querySelectorAll("#answer [hidden]:is([data-print], [data-copy], [data-scripted])")) tool.hidden = false;
  tryThreshold();
}

let tried = null; // the threshold that somebody tries, kept from one answer to the next

function tryThreshold() {
  const slider = document.querySelector("#threshold");
  if (!slider) return;
  if (tried !== null) slider.value = tried;
  const costs = slider.closest(".costs");
  const [threshold, ...figures] = costs.dataset.steps.split("|")[slider.value].split(";");
  const row = costs.querySelector("[data-tried]");
  const isSet = slider.value === slider.defaultValue;
  row.querySelector("th").firstChild.data = `${threshold} `;
  row.querySelector("th span").textContent = isSet ? row.dataset.tried : "tried";
  row.querySelectorAll("td").forEach((cell, index) => { cell.textContent = figures[index]; });
  costs.querySelector("[data-threshold]").textContent = threshold;
  costs.querySelector("[data-called]").hidden = +costs.dataset.case >= +slider.value;
  slider.setAttribute("aria-valuetext", `${threshold}, cost ${figures[2]}`);
}

async function copy(button) {
  const area = document.querySelector("#answer-text");
  const text = button.dataset.copy === "text" ? area.value : area.value.trim().split("\n").at(-1);
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch { // a page that is not by https may not write to the clipboard
    area.select();
    button.textContent = "Marked: copy it by hand";
  }
}

function typed(entries = form) {
  return new URLSearchParams([...new FormData(entries)].filter(([, text]) => text !== ""));
}

// What was typed before this script ran, or is restored by the browser, has had no answer yet
function catchUp() {
  const served = form.cloneNode(true);
  served.reset();
  if (`${typed()}` !== `${typed(served)}`) updateSoon();
}

let request = new AbortController();

async function update(query = typed()) {
  request.abort();
  const { signal } = (request = new AbortController());
  history.replaceState(null, "", `${location.pathname}?${query}`.replace(/\?$/, ""));
  try {
    const response = await fetch(`${form.dataset.answer}?${query}`, { signal });
    if (!response.ok) return showGone(response.status);
    show(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    if (!signal.aborted) showGone();
  }
}

let timer;

function updateSoon() {
  clearTimeout(timer);
  markStale("Working it out anew");
  timer = setTimeout(() => update(), 150);
}

function step(event) {
  const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  const entry = event.target;
  const { step: width, start } = entry.dataset;
  if (!direction || !width || !/^-?\d*\.?\d*$/.test(entry.value)) return;
  event.preventDefault();
  const value = entry.value === "" ? +start : +entry.value + direction * width;
  entry.value = +value.toPrecision(12);
  updateSoon();
}

form.addEventListener("input", updateSoon);
form.addEventListener("keydown", step);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  markStale("Working it out anew");
  update();
});
form.addEventListener("click", (event) => {
  const { entry } = event.target.dataset;
  if (!entry) return;
  event.preventDefault();
  const name = form.elements.namedItem(entry);
  name.value = new URL(event.target.href).searchParams.get(entry);
  name.focus();
  updateSoon();
});
document.addEventListener("input", ({ target }) => {
  if (target.id !== "threshold") return;
  tried = target.value;
  tryThreshold();
});
document.addEventListener("click", (event) => {
  const tool = event.target.closest("#answer :is([data-print], [data-copy], [data-swap])");
  if (!tool) return;
  if ("print" in tool.dataset) print();
  if ("copy" in tool.dataset) copy(tool);
  if ("swap" in tool.dataset) {
    event.preventDefault();
    update(new URL(tool.href).searchParams);
  }
});
enhance();
addEventListener("pageshow", catchUp);
addEventListener("online", () => {
  if (document.querySelector(".again")) update();
});
