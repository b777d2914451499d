// Keeps the answer up to date while the form is filled in. Without it the button does the same.
// /predict gives the number, or what is wrong, at once; the pictures follow.

const form = document.querySelector("#ask");
const problem = document.querySelector("#problem");
const announcement = document.querySelector("#announcement");
const { unit, decimals, currency } = form.dataset;
const digits = new Intl.NumberFormat("en-US", {
  minimumFractionDigits: +decimals,
  maximumFractionDigits: +decimals,
});

function formatTarget(value) {
  const text = digits.format(Math.abs(value));
  const sign = value < 0 ? "−" : "";
  const isCurrency = currency !== undefined; // written before the number
  return sign + (isCurrency ? unit + text : `${text}\u00a0${unit}`.trimEnd());
}

function showNumbers({ prediction, lower, upper }) {
  if (prediction === undefined) return;
  for (const [name, value] of Object.entries({ value: prediction, lower, upper })) {
    const slot = document.querySelector(`#answer [data-slot="${name}"]`);
    if (slot) slot.textContent = formatTarget(value);
  }
}

async function draw(query, signal) {
  const response = await fetch(`${form.dataset.answer}?${query}`, { signal });
  if (!response.ok) throw new Error(response.status);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const answer = page.querySelector("#answer");
  const focused = document.querySelector("#answer a:focus")?.getAttribute("href");
  document.querySelector("#answer").replaceWith(answer);
  if (focused) answer.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  announcement.textContent = [...answer.querySelectorAll(".value, .sure, .warnings")]
    .map((part) => part.textContent.trim().replace(/\s+/g, " "))
    .join(". ");
}

function showProblem(detail, name) {
  const entry = name && form.elements.namedItem(name);
  document.querySelector("#answer").toggleAttribute("data-stale", true);
  if (!entry) {
    const line = document.createElement("p");
    line.className = "error";
    line.textContent = detail;
    problem.replaceChildren(line);
    return;
  }
  const field = entry.closest(".field");
  const label = field.querySelector("label").textContent;
  entry.setAttribute("aria-invalid", "true");
  field.querySelector("[data-error]").textContent = detail.startsWith(`${name} `)
    ? label + detail.slice(name.length)
    : detail;
}

function clearProblems() {
  problem.replaceChildren();
  document.querySelector("#answer").toggleAttribute("data-stale", false);
  for (const error of form.querySelectorAll("[data-error]")) error.textContent = "";
  for (const entry of form.elements) entry.removeAttribute("aria-invalid");
}

let request = new AbortController();

async function update() {
  request.abort();
  const { signal } = (request = new AbortController());
  const query = new URLSearchParams([...new FormData(form)].filter(([, text]) => text !== ""));
  const unreadable = [...form.elements].find((entry) => entry.validity.badInput);
  history.replaceState(null, "", `${location.pathname}?${query}`.replace(/\?$/, ""));
  try {
    if (unreadable) {
      clearProblems();
      return showProblem("this is not a number", unreadable.name);
    }
    if (query.size > 0) {
      const response = await fetch(`${form.dataset.predict}?${query}`, { signal });
      const body = await response.json();
      clearProblems();
      if (!response.ok) return showProblem(body.detail, body.field);
      showNumbers(body);
    }
    await draw(query, signal);
    clearProblems();
  } catch (error) {
    if (!signal.aborted) showProblem("the service cannot be reached; try again");
  }
}

let timer;
form.noValidate = true; // its steps are for the arrow keys; the service reports what is wrong
for (const entry of form.querySelectorAll("[data-step]")) entry.step = entry.dataset.step;
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(update, 150);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  update();
});
