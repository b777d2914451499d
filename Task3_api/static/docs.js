// Starts Swagger UI on this service's own description, light or dark as the rest of the page.

const place = document.getElementById("swagger");
const dark = matchMedia("(prefers-color-scheme: dark)");
const dress = () => document.documentElement.classList.toggle("dark-mode", dark.matches);

// Its own layout would repeat what stands above it, and be a second main part of the page.
const operationsAlone = ({ React }) => ({
  components: {
    OperationsAlone: ({ getComponent }) => {
      const parts = [getComponent("SvgAssets"), getComponent("operations", true)];
      const made = parts.map((part, key) => React.createElement(part, { key }));
      return React.createElement("div", { className: "swagger-ui" }, made);
    },
  },
});

dark.addEventListener("change", dress);
dress();
window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  validatorUrl: null, // it would be asked of another origin
  plugins: [operationsAlone],
  layout: "OperationsAlone",
  tryItOutEnabled: true,
});
