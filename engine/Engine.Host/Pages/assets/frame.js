// The provider's own page within ours. What it says changes a sentence and nothing else: only the provider's server ends a step.
import { h, icon } from "./dom.js";
import { local, t } from "./words.js";

const away = "M14 5h5v5 M19 5l-8 8 M11 7H6a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1v-5";

/** An address that may be opened: https, or this very machine while ours is. */
export function openable(text) {
  try {
    const address = new URL(text);
    const isNear = (host) => host === "127.0.0.1" || host === "localhost" || host === "[::1]";
    const isSafe = address.protocol === "https:"
      || (address.protocol === "http:" && isNear(address.hostname) && isNear(location.hostname));
    return isSafe && !address.username && !address.password ? address : null;
  } catch {
    return null;
  }
}

/** The message that this is, of those the flow knows: every member is there, as that very text. */
export function findMessage(says, data) {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return null;
  return says.find(({ when }) => Object.entries(when).every(([name, text]) => Object.hasOwn(data, name) && data[name] === text)) ?? null;
}

/** Shows one page at a time; gives `{ element, update(address, says) }`. */
export function providerFrame() {
  const place = h("div", { class: "frame-place" });
  const sentence = h("p", { class: "frame-says", role: "status", "aria-live": "polite" });
  const link = h("a", { class: "link", target: "_blank", rel: "noopener noreferrer" }, t("openInWindow"), icon(away, "icon tiny"));
  const element = h("div", { class: "frame" }, place, sentence, link);
  let page = null;
  let shown = null; // the address in the frame
  let known = [];
  let said = null;
  let wasDrawn = false;

  function say(message) {
    said = message;
    const words = message ? local(message.text) : "";
    element.dataset.said = message?.name ?? "";
    if (sentence.textContent !== words) sentence.textContent = words;
  }

  // The listener of the provider's documentation lets messages of other modules through and fails on null; this one asks for the
  // exact origin and the very window, and for an object with all the members that the flow names.
  function hear(event) {
    if (!element.isConnected) {
      if (wasDrawn) removeEventListener("message", hear);
      return;
    }
    wasDrawn = true;
    if (!page || event.source !== page.contentWindow || event.origin !== shown.origin) return;
    const message = findMessage(known, event.data);
    if (message) say(message);
  }

  addEventListener("message", hear);

  return {
    element,
    update(text, says) {
      known = says ?? [];
      const address = text ? openable(text) : null;
      element.hidden = address === null;
      if (address?.href === shown?.href) {
        if (said) say(known.find((message) => message.name === said.name) ?? null);
        return;
      }
      shown = address;
      say(null);
      place.replaceChildren();
      page = null;
      if (!address) return;
      link.href = address.href;
      if (address.origin === location.origin) return; // a page of ours would not be held by the sandbox
      page = h("iframe", {
        class: "frame-page",
        title: t("frameTitle"),
        // Its own origin it needs for its own requests, and we to know whose message it is; our page, pop-ups and downloads are out of its reach.
        sandbox: "allow-scripts allow-same-origin",
        referrerpolicy: "no-referrer",
        allow: "",
        src: address.href,
      });
      place.append(page);
    },
  };
}
