// Shows how a file is understood before it is sent, then how far its rows have come. Without it
// the form sends the file all the same. Nothing here holds a file as a string: it is sent from the
// disk, its answer is kept as a Blob, and both are looked at a piece at a time.

import { rowsOf } from "./rows.js";

const $ = (id) => document.getElementById(id);
const form = $("batch");
const { preview: address, previewBytes, addedBytes, name } = form.dataset;
const choice = form.elements.file;
const submit = form.querySelector("[type=submit]");
const count = (value) => value.toLocaleString("en-US");
const isWorkbook = (file) => /\.xls[xm]$/i.test(file.name);
const typeOf = (file) =>
  isWorkbook(file) ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv";
const counted = (value, noun) => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;

function size(bytes) {
  const power = bytes < 1e6 ? ["kB", 1e3] : ["MB", 1e6];
  return `${(bytes / power[1]).toFixed(bytes < 1e7 ? 1 : 0)}\u00a0${power[0]}`;
}

function element(tag, text, attributes = {}) {
  const node = document.createElement(tag);
  node.append(...[text].flat());
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

// Names side by side, each kept to itself whatever the direction it is written in.
const joined = (names) =>
  names.length ? names.flatMap((text, index) => [index ? ", " : "", element("bdi", text)]) : "nothing";

async function detailOf(response) {
  const problem = await response.json().catch(() => null);
  return problem?.detail ?? "the service cannot be reached; try again";
}

/* How the file is understood */

const MOST_CHOICES = 40_000; // of columns for features; beyond, a page would take seconds
let latest = 0;
let chosen = new URLSearchParams(); // use.FEATURE=COLUMN, as far as somebody chose

function look(file) {
  chosen = new URLSearchParams();
  preview(file);
}

async function preview(file) {
  const turn = ++latest;
  forget();
  if (!file) return;
  const body = isWorkbook(file) ? file : file.slice(0, +previewBytes + 1);
  const headers = { "Content-Type": typeOf(file), Accept: "application/json" };
  const response = await fetch(`${address}?${chosen}`, { method: "POST", body, headers }).catch(() => null);
  if (turn !== latest) return;
  if (!response?.ok) return complain(response ? await detailOf(response) : undefined);
  const understood = await response.json();
  if (turn === latest) showPreview(understood, file);
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

function showPreview(understood, file) {
  const { rows_looked_at: looked, columns, features, missing, rows, marks, layout, problem } = understood;
  const passed = columns.filter(({ feature }) => !feature);
  const bad = columns.reduce((sum, column) => sum + column.bad, 0);
  const unseen = columns.reduce((sum, column) => sum + column.unseen, 0);
  const used = features.filter(({ column }) => column);
  const name = ({ label, column, is_exact: exact }) => (exact || label === column ? label : `${label} (from ${column})`);
  const facts = [
    ["File", [element("bdi", file.name), `, ${size(file.size)}`]],
    ...(layout ? [["Read as", element("bdi", layout)]] : []),
    ["Used", joined(used.map(name))],
    ["Not told", joined(missing)],
    ["Passed through", joined(passed.map((column) => column.name))],
    ["Looked at", `${counted(looked, "row")}: ${counted(bad, "cell")} cannot be read, ${count(unseen)} unlike any in training`],
  ];
  $("understood").replaceChildren(...facts.flatMap(([term, text]) => [element("dt", term), element("dd", text)]));
  $("rows").replaceChildren(head(columns), body(rows, columns, marks));
  const notes = [...columns.map((one) => [one.bad, one.problem]), ...columns.map((one) => [one.unseen, one.remark])];
  const lines = notes.filter(([cells]) => cells).map(([cells, note]) => element("li", `${counted(cells, "cell")}: ${note}`));
  $("marks").replaceChildren(...lines);
  showMatches(columns, features);
  $("preview").hidden = false;
  if (problem) complain(problem);
}

// One choice a feature: its column, if it has one, and what may be meant if it has none.
function showMatches(columns, features) {
  const doubtful = features.filter(({ suggestion }) => suggestion);
  const fits = columns.length * features.length <= MOST_CHOICES;
  $("matching").hidden = !fits;
  $("matches").replaceChildren(...(fits ? features.map((feature) => matchOf(feature, columns)) : []));
  if (doubtful.length || chosen.size) $("matching").open = true;
}

function matchOf({ name, label, column, suggestion }, columns) {
  const options = [["", "no column"], ...columns.map((one) => [one.name, one.name])].map(([value, text]) =>
    element("option", text, { value, ...(value === column && { selected: "" }) }),
  );
  const select = element("select", options, { id: `use-${name}` });
  select.addEventListener("change", () => {
    chosen.set(`use.${name}`, select.value);
    preview(choice.files[0]);
  });
  const hint = suggestion ? [element("p", ["Did you mean ", element("bdi", suggestion), "?"], { class: "warn" })] : [];
  return element("div", [element("label", element("bdi", label), { for: `use-${name}` }), select, ...hint], { class: "field" });
}

function head(columns) {
  const cells = columns.map(({ name, feature }) =>
    element("th", [element("bdi", name), element("small", feature ? "used" : "passed through")], {
      scope: "col",
      class: feature ? "used" : "passed",
    }),
  );
  return element("thead", element("tr", cells));
}

function body(rows, columns, marks) {
  const marked = new Map(marks.map((mark) => [`${mark.row} ${mark.column}`, mark]));
  const line = (row, index) =>
    element("tr", row.map((text, column) => {
      const mark = marked.get(`${index} ${column}`);
      const cell = element("td", text, { class: columns[column].feature ? "used" : "passed" });
      if (mark) {
        cell.classList.add(mark.bad ? "bad" : "unseen");
        cell.title = mark.detail;
      }
      return cell;
    }));
  return element("tbody", rows.map(line));
}

/* Sending it, and what comes back */

let request = null;
let rows = 0; // of the file, as far as they have been counted

function send(file, { shown }) {
  forgetAnswer();
  request = new XMLHttpRequest(); // unlike fetch it tells how much has been sent
  const level = form.querySelector("#sureness");
  const options = new URLSearchParams([...chosen, ["results", +shown]]);
  if (level.value) options.set(level.name, level.value);
  request.open("POST", `${form.action}?${options}`);
  request.responseType = "blob";
  request.setRequestHeader("Content-Type", typeOf(file));
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
    const share = Math.min(loaded / (file.size + rows * addedBytes), 0.99);
    phase("Answering");
    at(share, rows ? `About ${count(Math.round(+(share * rows).toPrecision(2)))} of ${counted(rows, "row")}` : size(loaded));
  };
  request.onload = ({ target }) => arrived(target);
  request.onerror = () => fail("the connection broke, or the file was changed while it was sent; try again");
  request.onabort = () => end();
  request.send(file);
  busy(true);
  phase("Sending the file");
  at(0, "");
  countRows(file, request);
}

async function countRows(file, sending) {
  rows = 0;
  if (isWorkbook(file)) return;
  for await (const total of rowsOf(file)) {
    if (request !== sending) return;
    rows = Math.max(total.rows - 1, 0); // without the header
  }
}

async function arrived(answer) {
  const { status, response } = answer;
  if (status !== 200) {
    const detail = await response.text().then(JSON.parse).catch(() => ({}));
    return fail(detail.detail ?? `the service answered ${status}`);
  }
  let answered;
  const mine = request;
  phase("Looking the answers over");
  for await (const total of rowsOf(response)) answered = total;
  if (mine !== request) return;
  const data = answered.rows - 1; // without the header
  const promised = answer.getResponseHeader("Row-Count");
  if (promised !== null && +promised !== data) {
    return fail(`the answer broke off after ${count(data)} of ${counted(+promised, "row")}; try again`);
  }
  const page = answer.getResponseHeader("Results"); // where they were to be shown, and are not too many
  if (page) {
    end();
    return location.assign(page);
  }
  const failed = data - answered.complete;
  phase(`${counted(data, "row")} answered${failed ? `, ${count(failed)} of them with an error` : ""}`);
  at(1, size(response.size));
  $("download").href = URL.createObjectURL(response);
  $("download").download = `${name}_predictions.csv`;
  $("done").hidden = false;
  busy(false);
}

function forgetAnswer() {
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
  submit.disabled = $("show").disabled = choice.disabled = on;
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
choice.addEventListener("change", () => look(choice.files[0]));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send(choice.files[0], { shown: event.submitter === $("show") });
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
  look(choice.files[0]);
});
if (choice.files[0]) look(choice.files[0]); // kept by the browser when one comes back
