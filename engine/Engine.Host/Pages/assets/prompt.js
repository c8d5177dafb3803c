// What the person must see or do now: drawn once for each prompt, brought up to date with each of its changes.
import { announce, fill, h, icon } from "./dom.js";
import { everyTick, until } from "./clock.js";
import { formFields } from "./form.js";
import { clockTime, local, t } from "./words.js";
import { openable, providerFrame } from "./frame.js";
import { qrTile } from "./qr.js";

const away = "M14 5h5v5 M19 5l-8 8 M11 7H6a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1v-5";
const lastMinutes = 120000;

/** Whether a QR code is shown, or was a moment ago and is being renewed. */
export const hasQr = ({ prompt: { show }, qr_svg: svg }) => Boolean(show && (svg || show.qr || !(show.image || show.code || show.link || show.frame)));

/** Whether the provider's own page is shown. */
export const hasFrame = ({ prompt: { show } }) => Boolean(show?.frame && openable(show.frame));

/**
 * The card of one prompt. `send(action, values)` answers it; gives `{ element, update(view), focus() }`.
 * `send` resolves to nothing, to the fields' errors, or to a sentence; `leave` goes to the provider's page, or resolves to a sentence.
 */
export function promptCard(view, send, leave) {
  const prompt = view.prompt;
  const tile = hasQr(view) ? qrTile() : null;
  const frame = hasFrame(view) ? providerFrame() : null;
  const text = h("p", { class: "lead" });
  const values = h("div", { class: "shown" });
  const messages = h("div", { class: "messages", id: "messages", role: "alert" });
  const trouble = h("p", { class: "field-error", role: "alert" });
  const actions = h("div", { class: "actions" });
  const deadline = h("p", { class: "deadline" });
  const page = prompt.redirect ? redirectPart() : null;
  const fields = formFields(prompt.fields, () => { trouble.textContent = ""; });
  const button = prompt.can_submit ? h("button", { type: "submit", class: "button primary" }) : null;
  const form = h("form", { class: "form", novalidate: true, autocomplete: "on" }, messages, fields.elements, trouble, button);
  let busy = false;
  let sending = false;
  let current = prompt;
  let revision = view.revision;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    trouble.textContent = "";
    if (!fields.check()) {
      fields.focus();
      return;
    }
    await answer("submit", fields.values());
  });

  async function answer(action, given) {
    sending = true;
    showBusy();
    const refusal = await send(action, given);
    if (!refusal) return; // taken: the run's next view says what came of it
    sending = false;
    showBusy();
    if (refusal.fields) fields.say(refusal.fields);
    if (refusal.sentence) trouble.textContent = refusal.sentence;
    fields.focus();
  }

  function showBusy() {
    busy = sending || current.is_busy;
    fields.setBusy(busy);
    form.setAttribute("aria-busy", String(busy));
    for (const choice of actions.children) choice.tick();
    if (!button) return;
    button.disabled = busy;
    fill(button, busy && h("span", { class: "spinner small", "aria-hidden": "true" }), h("span", {}, busy ? t("sending") : local(current.button) || t("submit")));
  }

  function update(next) {
    // The same prompt once more, after an answer was taken: it may be answered again.
    if (sending && next.revision > revision && !next.prompt.is_busy) sending = false;
    revision = next.revision;
    current = next.prompt;
    const sentence = local(current.text);
    if (text.textContent !== sentence) text.textContent = sentence;
    text.hidden = sentence === "";
    tile?.update(current.show ?? {}, next.qr_svg ?? null);
    frame?.update(current.show?.frame ?? null, current.frame_says);
    fill(values, shownValues(current.show));
    fill(messages, refusals());
    messages.hidden = current.messages.length === 0;
    fill(actions, current.actions.map(actionButton));
    showBusy();
    tick();
  }

  // A flow may say itself how many tries are left; then it is not said twice.
  function refusals() {
    const sentences = current.messages.map((message) => local(message.text));
    const isSaid = !current.left || sentences.some((sentence) => sentence.includes(String(current.left)));
    return [
      sentences.map((sentence) => h("p", {}, sentence)),
      sentences.length > 0 && !isSaid && h("p", { class: "left" }, t("triesLeft", { count: current.left })),
    ].flat();
  }

  function actionButton(action) {
    const label = local(action.label) || action.name;
    const element = h("button", { type: "button", class: "button quiet", onclick: () => !busy && answer(action.name, {}) }, label);
    element.tick = () => {
      const wait = until(action.available_at);
      element.disabled = busy || wait > 0 || action.left <= 0;
      element.textContent = wait > 0 ? t("actionIn", { label, time: clockTime(wait) }) : label;
    };
    element.tick();
    return element;
  }

  // The whole page goes first: a window of its own is often stopped, and cannot be trusted to say when it closes.
  function redirectPart() {
    const go = h("button", { type: "button", class: "button primary", onclick: depart }, local(prompt.button) || t("submit"));
    const popup = prompt.redirect.is_popup && h("a", {
      class: "button quiet", target: "_blank", rel: "opener",
      href: `/leave/${encodeURIComponent(view.id)}/${encodeURIComponent(prompt.id)}`,
    }, t("openWindow"), icon(away));
    // A page that the browser kept and shows again after its back button can be left once more.
    window.addEventListener("pageshow", () => { go.disabled = false; });
    return h("div", { class: "actions" }, go, popup);

    async function depart() {
      go.disabled = true;
      trouble.textContent = "";
      const sentence = await leave(prompt.id);
      if (!sentence) return;
      go.disabled = false;
      trouble.textContent = sentence;
    }
  }

  function tick() {
    for (const element of actions.children) element.tick();
    const left = current.expires_at ? until(current.expires_at) : Infinity;
    deadline.hidden = left > lastMinutes;
    if (!deadline.hidden) deadline.textContent = t("stepEndsIn", { time: clockTime(left) });
  }

  const words = h("div", { class: "words" },
    h("h1", { tabindex: "-1" }, local(view.title) || view.flow),
    view.purpose !== "connect" && h("p", { class: "purpose" }, t(view.purpose === "reauth" ? "reauthorizing" : "reconfiguring")),
    text, values,
    (prompt.fields.length > 0 || prompt.can_submit) && form,
    page, page && trouble,
    actions, deadline);
  const element = h("section", { class: tile || frame ? "card with-qr" : "card" }, tile?.element ?? frame?.element, tile && frame?.element, words);
  if (prompt.messages.length > 0) fields.refuse(messages.id);
  update(view);
  let drawn = false;
  everyTick(() => {
    if (drawn && !element.isConnected) return false;
    drawn ||= element.isConnected;
    tick();
  });

  return {
    element,
    update,
    values: fields.values,
    setValues: fields.set,
    focus() {
      if (prompt.fields.length > 0) fields.focus();
      else announce(`${local(view.title)}. ${local(current.text)}`);
    },
  };
}

function shownValues(show) {
  if (!show) return [];
  const isOver = show.expires_at && until(show.expires_at) <= 0;
  return [
    show.image?.startsWith("data:image/") && h("img", { class: "shown-image", src: show.image, alt: "" }),
    show.code && !isOver && h("p", { class: "shown-code" }, h("span", { class: "visually-hidden" }, `${t("shownCode")}: `), show.code),
    show.link && openable(show.link) && h("a", { class: `button ${show.code ? "primary" : "quiet"}`, href: show.link, target: "_blank", rel: "noopener noreferrer" }, t("openLink"), icon(away)),
  ];
}
