// Starts Scalar without what it would ask other hosts for: fonts, telemetry, proxy, assistants.
"use strict";

(() => {
  const place = document.getElementById("scalar");
  Scalar.createApiReference(place, {
    url: new URL(place.dataset.document, document.baseURI).href,
    telemetry: false,
    withDefaultFonts: false,
    showDeveloperTools: "never",
    agent: { disabled: true },
    mcp: { disabled: true },
  });
})();
