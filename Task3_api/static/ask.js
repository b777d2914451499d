// Keeps the answer up to date while the form is filled in. Without it the button does the same.

const form = document.querySelector("#ask");
const answer = document.querySelector("#answer");
const problem = document.querySelector("#problem");
const slot = (name) => answer.querySelector(`[data-slot="${name}"]`);
const { unit, decimals, minimum, maximum } = answer.dataset;
const before = ["$", "€", "£", "¥"].includes(unit);
const digits = new Intl.NumberFormat("en-US", {
  minimumFractionDigits: +decimals,
  maximumFractionDigits: +decimals,
});

function amount(value) {
  const text = digits.format(Math.abs(value));
  const sign = value < 0 ? "−" : "";
  return sign + (before ? unit + text : `${text}\u00a0${unit}`.trimEnd());
}

function place(value) {
  const share = (value - minimum) / (maximum - minimum || 1);
  return Math.round(1000 * Math.min(Math.max(share, 0), 1));
}

const words = JSON.parse(answer.dataset.words);
const word = (label) => words[label] ?? String(label);
const percent = (share) => `${(share * 100).toFixed(0)}\u202f%`;

function show(told) {
  if ("prediction" in told) {
    slot("value").textContent = amount(told.prediction);
    slot("lower").textContent = amount(told.lower);
    slot("upper").textContent = amount(told.upper);
    slot("range").setAttribute("x", place(told.lower));
    slot("range").setAttribute("width", place(told.upper) - place(told.lower));
    slot("point").setAttribute("x", place(told.prediction));
  } else {
    slot("value").textContent = told.set.length === 1 ? word(told.set[0]) : "Can’t tell";
    slot("of").textContent = word(told.probability_of);
    slot("probability").textContent = percent(told.probability);
    slot("set").textContent = told.set.map(word).join(", ");
  }
  slot("warnings").replaceChildren(...told.warnings.map(({ detail }) => line("li", detail)));
}

function line(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function complain(detail, name) {
  const entry = name && form.elements.namedItem(name);
  if (!entry) {
    const told = line("p", detail);
    told.className = "error";
    problem.replaceChildren(told);
    return;
  }
  entry.setAttribute("aria-invalid", "true");
  entry.closest(".field").querySelector("[data-error]").textContent = detail;
}

function forgive() {
  problem.replaceChildren();
  for (const error of form.querySelectorAll("[data-error]")) error.textContent = "";
  for (const entry of form.elements) entry.removeAttribute("aria-invalid");
}

let turn = 0;

async function update() {
  const mine = ++turn;
  const told = new URLSearchParams([...new FormData(form)].filter(([, text]) => text !== ""));
  const garbled = [...form.elements].find((entry) => entry.validity.badInput);
  history.replaceState(null, "", `${location.pathname}?${told}`.replace(/\?$/, ""));
  if (garbled || told.size === 0) {
    forgive();
    answer.toggleAttribute("data-empty", true);
    if (garbled) complain("this is not a number", garbled.name);
    return;
  }
  const response = await fetch(`${form.dataset.predict}?${told}`).catch(() => null);
  const body = await response?.json().catch(() => null);
  if (mine !== turn) return;
  forgive();
  if (response?.ok && body) show(body);
  else complain(body?.detail ?? "the service cannot be reached; try again", body?.field);
  answer.toggleAttribute("data-empty", !response?.ok);
}

let timer;
form.noValidate = true; // its steps are for the arrow keys; what is wrong is said by the service
for (const entry of form.querySelectorAll("[data-step]")) entry.step = entry.dataset.step;
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(update, 200);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  update();
});
