// Where a person comes back to from the provider's page when the run's own page is not the place. Its address holds nothing that came back.
import { announce, fill, h, icon } from "./dom.js";
import { languageSwitch, t } from "./words.js";

const what = location.pathname.split("/")[2] ?? "";
const words = {
  done: ["returnedTitle", "returnedText"],
  "other-browser": ["otherBrowserTitle", "otherBrowserText"],
}[what] ?? ["returnedLateTitle", "returnedLateText"];

function render() {
  const isFine = what === "done";
  fill(document.getElementById("main"), h("section", { class: isFine ? "card ended" : "card ended failed" },
    h("div", { class: "mark-ring" }, icon(isFine ? "M6 12.5l4 4 8-9" : "M12 7v6 M12 16.6v.2", "icon mark-sign")),
    h("h1", { tabindex: "-1" }, t(words[0])),
    h("p", { class: "lead" }, t(words[1]))));
  announce(t(words[0]));
}

languageSwitch(render);
render();

// Only a comfort: whether the sign-in worked is the engine's to say, not this window's.
if (what === "done") window.close();
