// The card of a run that has ended.
import { h, icon } from "./dom.js";
import { local, t } from "./words.js";

const marks = {
  succeeded: "M6 12.5l4 4 8.5-9",
  failed: "M12 7v6 M12 16.6v.2",
  cancelled: "M8 8l8 8 M16 8l-8 8",
  expired: "M12 7.5V12l3 2",
};

/** How it ended, with what helps from here: a new try for whoever may start runs, the support code for all. */
export function endedCard(view, canStart) {
  const status = view.status;
  const title = local(view.title) || view.flow;
  const isStopped = status === "succeeded" && local(view.exit.text) !== ""; // stored, and the provider does not let it work yet
  const heading = {
    succeeded: isStopped ? t("storedTitle") : t({ reauth: "reauthorizedTitle", reconfigure: "reconfiguredTitle" }[view.purpose] ?? "succeededTitle"),
    failed: t("failedTitle"),
    cancelled: t("cancelledTitle"),
    expired: t("expiredTitle"),
  }[status];
  const sentence = {
    succeeded: local(view.exit.text) || t("succeededText", { title }),
    failed: local(view.exit.text) || t("failedText"),
    cancelled: t("cancelledText"),
    expired: local(view.exit.text) || t("expiredText"),
  }[status];

  return h("section", { class: `card ended ${isStopped ? "expired" : status}` },
    h("div", { class: "mark-ring" }, icon(marks[isStopped ? "failed" : status], "icon mark-sign")),
    h("h1", { tabindex: "-1" }, heading),
    h("p", { class: "lead" }, sentence),
    status === "succeeded"
      ? details([[t("accountLine"), view.account], [t("connectionLine"), view.connection]])
      : supportCode(view.support_code),
    canStart
      ? h("div", { class: "actions centred" }, status === "succeeded"
        ? h("a", { class: "button quiet", href: "/" }, t("backToStart"))
        : h("a", { class: "button primary", href: againAddress(view) }, t("tryAgain")))
      : status !== "succeeded" && h("p", { class: "hint" }, t("askAgain")));
}

/** The start page with the same choice made. */
function againAddress(view) {
  const wish = new URLSearchParams({ flow: view.flow });
  if (view.purpose === "reauth" && view.connection) wish.set("connection", view.connection);
  if (view.sandbox) wish.set("scenario", view.sandbox.scenario);
  return `/?${wish}`;
}

function details(lines) {
  const present = lines.filter(([, value]) => value);
  return present.length > 0 && h("dl", { class: "details" }, present.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, name === t("connectionLine") ? h("code", {}, value) : value)]));
}

function supportCode(code) {
  const copy = h("button", { type: "button", class: "copy" }, t("copy"));
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code);
      copy.textContent = t("copied");
    } catch {
      getSelection().selectAllChildren(copy.previousElementSibling);
    }
  });
  return h("p", { class: "support" }, `${t("supportCode")}: `, h("code", {}, code), copy);
}
