// Shows how a file is understood before it is sent, then how far its rows have come. Without it
// the form sends the file all the same. Nothing here holds a file as a string: it is sent from the
// disk, its answer is kept as a Blob, and both are looked at a piece at a time.

import { rowsOf } from "./rows.js";

const $ = (id) => document.getElementById(id);
const form = $("batch");
const { preview: address, look, added, name } = form.dataset;
const choice = form.elements.file;
const submit = form.querySelector("[type=submit]");
const count = (value) => value.toLocaleString("en-US");
const some = (value, noun) => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;

function size(bytes) {
  const power = bytes < 1e6 ? ["kB", 1e3] : ["MB", 1e6];
  return `${(bytes / power[1]).toFixed(bytes < 1e7 ? 1 : 0)}\u00a0${power[0]}`;
}

function made(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  element.append(...[text].flat());
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// Names side by side, each kept to itself whatever the direction it is written in.
const listed = (names) =>
  names.length ? names.flatMap((text, index) => [index ? ", " : "", made("bdi", text)]) : "nothing";

async function told(response) {
  const problem = await response.json().catch(() => null);
  return problem?.detail ?? "the service cannot be reached; try again";
}

/* How the file is understood */

let turn = 0;

async function preview(file) {
  const mine = ++turn;
  forget();
  if (!file) return;
  const body = file.slice(0, +look + 1);
  const headers = { "Content-Type": "text/csv", Accept: "application/json" };
  const response = await fetch(address, { method: "POST", body, headers }).catch(() => null);
  if (mine !== turn) return;
  if (!response?.ok) return complain(response ? await told(response) : undefined);
  const understood = await response.json();
  if (mine === turn) show(understood, file);
}

function complain(detail = "the service cannot be reached; try again") {
  $("problem").textContent = `${detail[0].toUpperCase()}${detail.slice(1)}.`;
}

function forget() {
  $("problem").textContent = "";
  $("preview").hidden = true;
  $("progress").hidden = true;
  URL.revokeObjectURL($("download").href);
}

function show({ rows_looked_at: looked, columns, hidden, rows, marks }, file) {
  const used = columns.filter(({ feature }) => feature);
  const passed = columns.filter(({ feature }) => !feature);
  const bad = columns.reduce((sum, column) => sum + column.bad, 0);
  const unseen = columns.reduce((sum, column) => sum + column.unseen, 0);
  const facts = [
    ["File", [made("bdi", file.name), `, ${size(file.size)}`]],
    ["Used", listed(used.map(({ feature }) => feature))],
    ["Not told", listed(hidden)],
    ["Passed through", listed(passed.map((column) => column.name))],
    ["Looked at", `${some(looked, "row")}: ${some(bad, "cell")} cannot be read, ${count(unseen)} unlike any in training`],
  ];
  $("understood").replaceChildren(...facts.flatMap(([term, text]) => [made("dt", term), made("dd", text)]));
  $("rows").replaceChildren(head(columns), body(rows, columns, marks));
  const notes = [...columns.map((one) => [one.bad, one.problem]), ...columns.map((one) => [one.unseen, one.remark])];
  const lines = notes.filter(([cells]) => cells).map(([cells, note]) => made("li", `${some(cells, "cell")}: ${note}`));
  $("marks").replaceChildren(...lines);
  $("preview").hidden = false;
}

function head(columns) {
  const cells = columns.map(({ name, feature }) =>
    made("th", [made("bdi", name), made("small", feature ? "used" : "passed through")], {
      scope: "col",
      class: feature ? "used" : "passed",
    }),
  );
  return made("thead", made("tr", cells));
}

function body(rows, columns, marks) {
  const marked = new Map(marks.map((mark) => [`${mark.row} ${mark.column}`, mark]));
  const line = (row, index) =>
    made("tr", row.map((text, column) => {
      const mark = marked.get(`${index} ${column}`);
      const cell = made("td", text, { class: columns[column].feature ? "used" : "passed" });
      if (mark) {
        cell.classList.add(mark.bad ? "bad" : "unseen");
        cell.title = mark.detail;
      }
      return cell;
    }));
  return made("tbody", rows.map(line));
}

/* Sending it, and what comes back */

let request = null;
let rows = 0; // of the file, as far as they have been counted

function send(file) {
  forget_answer();
  request = new XMLHttpRequest(); // unlike fetch it tells how much has been sent
  request.open("POST", form.action);
  request.responseType = "blob";
  request.setRequestHeader("Content-Type", "text/csv");
  request.setRequestHeader("Accept", "text/csv, application/problem+json");
  request.upload.onprogress = ({ loaded, total }) => {
    phase("Sending the file");
    at(loaded / total, `${size(loaded)} of ${size(total)}`);
  };
  request.upload.onload = () => {
    phase("Checking the file");
    at(null, `${size(file.size)} sent`);
  };
  request.onprogress = ({ loaded }) => {
    if (request.status !== 200) return;
    const share = Math.min(loaded / (file.size + rows * added), 0.99);
    phase("Answering");
    at(share, rows ? `About ${count(+(share * rows).toPrecision(2))} of ${some(rows, "row")}` : size(loaded));
  };
  request.onload = ({ target }) => arrived(target);
  request.onerror = () => fail("the connection broke, or the file was changed while it was sent; try again");
  request.onabort = () => end();
  request.send(file);
  busy(true);
  phase("Sending the file");
  at(0, "");
  count_rows_of(file, request);
}

async function count_rows_of(file, sending) {
  rows = 0;
  for await (const counted of rowsOf(file)) {
    if (request !== sending) return;
    rows = Math.max(counted.rows - 1, 0); // without the header
  }
}

async function arrived({ status, response }) {
  if (status !== 200) {
    const detail = await response.text().then(JSON.parse).catch(() => ({}));
    return fail(detail.detail ?? `the service answered ${status}`);
  }
  let answered;
  const mine = request;
  phase("Looking the answers over");
  for await (const counted of rowsOf(response)) answered = counted;
  if (mine !== request) return;
  const data = answered.rows - 1; // without the header
  const failed = data - answered.complete;
  phase(`${some(data, "row")} answered${failed ? `, ${count(failed)} of them with an error` : ""}`);
  at(1, size(response.size));
  $("download").href = URL.createObjectURL(response);
  $("download").download = `${name}_predictions.csv`;
  $("done").hidden = false;
  busy(false);
}

function forget_answer() {
  $("problem").textContent = "";
  URL.revokeObjectURL($("download").href);
  $("done").hidden = true;
}

function phase(text) {
  if ($("phase").textContent !== text) $("phase").textContent = text;
}

function at(share, text) {
  if (share === null) $("bar").removeAttribute("value");
  else $("bar").value = share;
  $("amount").textContent = text;
}

function busy(on) {
  $("progress").hidden = false;
  $("cancel").hidden = !on;
  submit.disabled = choice.disabled = on;
}

function end() {
  request = null;
  busy(false);
  $("progress").hidden = true;
}

function fail(detail) {
  end();
  complain(detail);
}

/* Choosing a file, or dropping it */

for (const hint of document.querySelectorAll("[data-scripted]")) hint.hidden = false;
choice.addEventListener("change", () => preview(choice.files[0]));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send(choice.files[0]);
});
$("cancel").addEventListener("click", () => request?.abort());

const carries = (event) => event.dataTransfer?.types.includes("Files") && !choice.disabled;
document.addEventListener("dragover", (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  form.classList.add("aimed");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) form.classList.remove("aimed");
});
document.addEventListener("drop", (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  form.classList.remove("aimed");
  choice.files = event.dataTransfer.files;
  preview(choice.files[0]);
});
if (choice.files[0]) preview(choice.files[0]); // kept by the browser when one comes back
