// Keeps the answer up to date while the form is filled in. Without it the button does the same.
// /predict is asked at once for the number, or for what is wrong; the pictures follow.

const form = document.querySelector("#ask");
const problem = document.querySelector("#problem");
const said = document.querySelector("#said");
const { unit, decimals } = form.dataset;
const digits = new Intl.NumberFormat("en-US", {
  minimumFractionDigits: +decimals,
  maximumFractionDigits: +decimals,
});

function amount(value) {
  const text = digits.format(Math.abs(value));
  const sign = value < 0 ? "−" : "";
  const before = ["$", "€", "£", "¥"].includes(unit);
  return sign + (before ? unit + text : `${text}\u00a0${unit}`.trimEnd());
}

function show({ prediction, lower, upper }) {
  if (prediction === undefined) return;
  for (const [name, value] of Object.entries({ value: prediction, lower, upper })) {
    const slot = document.querySelector(`#answer [data-slot="${name}"]`);
    if (slot) slot.textContent = amount(value);
  }
}

async function draw(told, signal) {
  const response = await fetch(`${form.dataset.answer}?${told}`, { signal });
  if (!response.ok) throw new Error(response.status);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const answer = page.querySelector("#answer");
  const focused = document.querySelector("#answer a:focus")?.getAttribute("href");
  document.querySelector("#answer").replaceWith(answer);
  if (focused) answer.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  said.textContent = [...answer.querySelectorAll(".value, .sure, .warnings")]
    .map((part) => part.textContent.trim().replace(/\s+/g, " "))
    .join(". ");
}

function complain(detail, name) {
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

function forgive() {
  problem.replaceChildren();
  document.querySelector("#answer").toggleAttribute("data-stale", false);
  for (const error of form.querySelectorAll("[data-error]")) error.textContent = "";
  for (const entry of form.elements) entry.removeAttribute("aria-invalid");
}

let asking = new AbortController();

async function update() {
  asking.abort();
  const { signal } = (asking = new AbortController());
  const told = new URLSearchParams([...new FormData(form)].filter(([, text]) => text !== ""));
  const garbled = [...form.elements].find((entry) => entry.validity.badInput);
  history.replaceState(null, "", `${location.pathname}?${told}`.replace(/\?$/, ""));
  try {
    if (garbled) {
      forgive();
      return complain("this is not a number", garbled.name);
    }
    if (told.size > 0) {
      const response = await fetch(`${form.dataset.predict}?${told}`, { signal });
      const body = await response.json();
      forgive();
      if (!response.ok) return complain(body.detail, body.field);
      show(body);
    }
    await draw(told, signal);
    forgive();
  } catch (error) {
    if (!signal.aborted) complain("the service cannot be reached; try again");
  }
}

let timer;
form.noValidate = true; // its steps are for the arrow keys; what is wrong is said by the service
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
