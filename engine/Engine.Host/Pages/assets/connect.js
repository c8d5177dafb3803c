// The page of one run: shows its newest view, and sends the person's answers.
import { ApiError, get, post, tradeLink } from "./api.js";
import { announce, fill, h, icon } from "./dom.js";
import { setServerTime } from "./clock.js";
import { endedCard } from "./ended.js";
import { follow } from "./live.js";
import { languageSwitch, local, t } from "./words.js";
import { hasFrame, hasQr, promptCard } from "./prompt.js";

const run = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const main = document.getElementById("main");
const away = "M14 5h5v5 M19 5l-8 8 M11 7H6a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1v-5";
const phone = "M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3z M11 17.8h2";

let view = null;
let failure = null;
let canStart = false;
let isUp = true;
let card = null; // the prompt that is drawn: { key, part }
let live = null;
let pause = 0;

function render() {
  clearTimeout(pause);
  showIncident();
  const notice = isUp ? null : h("p", { class: "banner", role: "status" }, t("connectionLost"));
  if (failure) {
    fill(main, failedCard());
    return;
  }
  if (!view) return;
  document.title = `${local(view.title) || view.flow} · Engine`;
  if (view.exit) {
    card = null;
    const first = !main.querySelector(".ended");
    fill(main, notice, endedCard(view, canStart));
    if (first) main.querySelector("h1").focus({ preventScroll: true });
    return;
  }
  if (!view.prompt) {
    // What comes between two prompts is mostly short: the old one stays for a moment, so that nothing flickers.
    if (card && !main.querySelector(".working")) pause = setTimeout(() => { card = null; render(); }, 500);
    else fill(main, notice, workingCard(), under());
    return;
  }
  const key = `${view.prompt.id} ${hasQr(view)} ${hasFrame(view)} ${document.documentElement.lang}`;
  if (card?.key === key) {
    card.part.update(view);
    main.querySelector(".banner")?.remove();
    if (notice) main.prepend(notice);
    return;
  }
  const kept = card?.prompt === view.prompt.id ? card.part.values() : null;
  const part = promptCard(view, reply, leave);
  card = { key, prompt: view.prompt.id, part };
  fill(main, notice, part.element, under());
  if (kept) part.setValues(kept);
  part.focus();
}

// Between the header and what is asked, so that drawing one leaves the other alone.
function showIncident() {
  document.getElementById("incident")?.remove();
  const notice = view?.out_of_reach ?? view?.incident?.text;
  const text = !failure && notice && !view.exit && local(notice);
  if (text) main.before(h("p", { class: "incident", id: "incident", role: "status" }, text));
}

function workingCard() {
  announce(t("working"));
  return h("section", { class: "card working", "aria-busy": "true" },
    h("span", { class: "spinner", "aria-hidden": "true" }),
    h("h1", { tabindex: "-1" }, local(view.title) || view.flow),
    h("p", { class: "lead" }, t("working")),
    h("p", { class: "hint" }, t("workingText")));
}

function under() {
  return h("footer", { class: "under" },
    h("button", { type: "button", class: "link", onclick: askCancel }, t("cancel")),
    view.sandbox && h("a", { class: "link", href: phoneAddress(), target: "_blank", rel: "noopener" }, icon(phone), t("openPhone"), icon(away, "icon tiny")),
    h("span", { class: "code-line" }, `${t("supportCode")} `, h("code", {}, view.support_code)));
}

function phoneAddress() {
  const address = new URL(view.sandbox.phone_url);
  address.searchParams.set("lang", document.documentElement.lang);
  return address.href;
}

function askCancel() {
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "cancel-question" },
    h("h2", { id: "cancel-question" }, t("cancelQuestion")),
    h("p", {}, t("cancelText")),
    h("form", { method: "dialog", class: "actions" },
      h("button", { class: "button quiet", value: "no", autofocus: true }, t("cancelNo")),
      h("button", { class: "button danger", value: "yes" }, t("cancelYes"))));
  dialog.addEventListener("close", async () => {
    dialog.remove();
    if (dialog.returnValue !== "yes") return;
    announce(t("cancelling"));
    await post(`/v1/runs/${run}/cancel`).then(take, () => live?.lookNow());
  });
  document.body.append(dialog);
  dialog.showModal();
}

// One transaction for one press of a button: sent again after a broken connection, it counts once.
async function reply(action, values) {
  const body = { prompt: view.prompt.id, transaction: crypto.randomUUID(), action, values };
  for (let attempt = 1; ; attempt++) {
    try {
      await post(`/v1/runs/${run}/replies`, body);
      return null;
    } catch (error) {
      if (error.code === "offline" && attempt < 4) {
        await new Promise((done) => setTimeout(done, 700 * attempt));
        continue;
      }
      if (error.code === "stale_reply") {
        live?.lookNow();
        return { sentence: t("stale") };
      }
      const errors = error.problem?.errors;
      return errors
        ? { fields: Object.fromEntries(errors.map((wrong) => [wrong.field, local(wrong.text)])) }
        : { sentence: t("notSent") };
    }
  }
}

// Each departure has an address of its own; coming back by the browser's button and leaving again makes another.
async function leave(prompt) {
  try {
    const visit = await post(`/v1/runs/${run}/visits`, { prompt });
    location.assign(visit.url);
    return null;
  } catch (error) {
    live?.lookNow();
    return t(error.code === "stale_reply" ? "stale" : "notLeft");
  }
}

// A window of ours says where it goes; from there, and from nobody else, a refusal is heard. What comes of it is the engine's to say.
const gone = new Map(); // by window: { origin, visit }
window.addEventListener("message", async ({ source, origin, data }) => {
  if (origin === location.origin && typeof data?.leavingTo === "string") gone.set(source, { origin: data.leavingTo, visit: data.visit });
  else if (gone.get(source)?.origin === origin && typeof data?.error === "string") {
    const { visit } = gone.get(source);
    gone.delete(source);
    try {
      await post(`/v1/runs/${run}/visits/${encodeURIComponent(visit)}/refusal`, { error: data.error.slice(0, 200) || "declined" });
    } catch {
      // The step's own time-out says the same later.
    }
    live?.lookNow();
  }
});

function take(next) {
  setServerTime(next.server_time);
  if (view && next.revision < view.revision) return;
  view = next;
  render();
}

function failedCard() {
  const isLink = failure.status === 401 || failure.status === 404;
  return h("section", { class: "card ended failed" },
    h("div", { class: "mark-ring" }, icon("M12 7v6 M12 16.6v.2", "icon mark-sign")),
    h("h1", { tabindex: "-1" }, t(isLink ? "notFoundTitle" : "faultTitle")),
    h("p", { class: "lead" }, t(isLink ? "notFoundText" : "faultText")),
    !isLink && h("div", { class: "actions centred" }, h("button", { type: "button", class: "button primary", onclick: () => location.reload() }, t("reload"))));
}

function fail(error) {
  failure = error instanceof ApiError ? error : new ApiError(500, {});
  render();
}

languageSwitch(render);
try {
  await tradeLink(); // a link that is refused may have been used by this very browser: its cookie decides
  canStart = (await get("/session")).can_start;
  live = follow(run, take, (up) => {
    if (up === isUp) return;
    isUp = up;
    announce(t(up ? "connectionBack" : "connectionLost"));
    if (view) render();
  }, fail);
} catch (error) {
  fail(error);
}
