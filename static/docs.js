/**
 * Draws the API's description on the page `/docs`, with Swagger UI from an installed package.
 */

const place = /** @type {HTMLElement} */ (document.getElementById("docs"));
const { SwaggerUIBundle } = /** @type {{ SwaggerUIBundle?: (options: object) => void }} */ (globalThis);
SwaggerUIBundle?.({
  url: place.dataset.openapi,
  domNode: place,
  deepLinking: true,
  tryItOutEnabled: true,
  // Otherwise it would ask a server of its makers whether the document is valid.
  validatorUrl: null,
});
