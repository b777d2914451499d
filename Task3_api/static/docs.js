// Starts Swagger UI on this service's own description, light or dark as the rest of the page.

const place = document.getElementById("swagger");
const dark = matchMedia("(prefers-color-scheme: dark)");
const dress = () => document.documentElement.classList.toggle("dark-mode", dark.matches);

dark.addEventListener("change", dress);
dress();
window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  validatorUrl: null, // it would be asked of another origin
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
});
