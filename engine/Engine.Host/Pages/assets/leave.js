// A window of its own that goes on to the provider's page.
import { ApiError, post } from "./api.js";
import { fill, h } from "./dom.js";
import { languageSwitch, t } from "./words.js";

const [, , run, prompt] = location.pathname.split("/").map(decodeURIComponent);
const main = document.getElementById("main");
let isStale = null;

function render() {
  if (isStale === null) return;
  fill(main, h("section", { class: "card ended failed" },
    h("h1", { tabindex: "-1" }, t("notFoundTitle")),
    h("p", { class: "lead" }, t(isStale ? "leaveStale" : "faultText"))));
}

languageSwitch(render);
try {
  const visit = await post(`/v1/runs/${encodeURIComponent(run)}/visits`, { prompt, popup: true });
  // Only a page that tells its opener of a refusal keeps the way to it, and ours then knows from where to hear.
  if (visit.posts_errors) window.opener?.postMessage({ leavingTo: new URL(visit.url).origin, visit: visit.visit }, location.origin);
  else window.opener = null;
  location.replace(visit.url);
} catch (error) {
  isStale = error instanceof ApiError && error.code === "stale_reply";
  render();
}
