// Starts Swagger UI. What it must know stands in the page's data attributes, so that the page needs no inline script.
"use strict";

(() => {
  const place = document.getElementById("swagger-ui");
  const told = place.dataset;
  const safe = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

  const cookie = (name) => {
    const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
    return found === undefined ? undefined : decodeURIComponent(found.slice(name.length + 1));
  };

  // Django compares this header with its cookie; no other origin may learn it.
  const withToken = (request) => {
    const method = (request.method || "GET").toUpperCase();
    const own = new URL(request.url, document.baseURI).origin === location.origin;
    const token = own && !safe.has(method) ? cookie(told.csrfCookie) : undefined;
    if (token) request.headers[told.csrfHeader] = token;
    return request;
  };

  window.ui = SwaggerUIBundle({
    deepLinking: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    ...JSON.parse(told.options),
    url: new URL(told.document, document.baseURI).href,
    domNode: place,
    layout: "BaseLayout",
    presets: [SwaggerUIBundle.presets.apis],
    // No badge of validator.swagger.io: nothing is sent to anyone else.
    validatorUrl: null,
    requestInterceptor: withToken,
  });
})();
