// Starts Swagger UI on this service's own description, light or dark as the rest of the page.

const container = document.getElementById("swagger");
const dark = matchMedia("(prefers-color-scheme: dark)");
const applyScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);

// Its own layout would repeat what stands above it, and be a second main part of the page.
const operationsOnly = ({ React }) => ({
  components: {
    OperationsOnly: ({ getComponent }) => {
      const parts = [getComponent("SvgAssets"), getComponent("operations", true)];
      const children = parts.map((part, key) => React.createElement(part, { key }));
      return React.createElement("div", { className: "swagger-ui" }, children);
    },
  },
});

dark.addEventListener("change", applyScheme);
applyScheme();
window.SwaggerUIBundle({
  domNode: container,
  url: container.dataset.description,
  validatorUrl: null, // it would be loaded from another origin
  plugins: [operationsOnly],
  layout: "OperationsOnly",
  tryItOutEnabled: true,
});
