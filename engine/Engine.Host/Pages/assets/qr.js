// The QR code: always dark on a white tile, never a moment past its life.
import { h } from "./dom.js";
import { everyTick, until } from "./clock.js";
import { clockTime, t } from "./words.js";

/** The tile with its countdown. `update(show, svg)` takes each new value; the element is drawn once. */
export function qrTile() {
  const picture = h("div", { class: "qr-picture" });
  const wait = h("div", { class: "qr-wait", hidden: true }, h("span", { class: "spinner", "aria-hidden": "true" }), h("p", {}, t("refreshing")));
  const level = h("span", { class: "meter-level" });
  const meter = h("div", { class: "meter", "aria-hidden": "true" }, level);
  const remaining = h("p", { class: "meter-text", "aria-hidden": "true" });
  const element = h("figure", { class: "qr" }, h("div", { class: "qr-tile" }, picture, wait), meter, remaining);

  let shown = { svg: null, expiresAt: null, life: 0, rotationsLeft: null };

  function update(show, svg) {
    if (show.expires_at !== shown.expiresAt) shown.life = show.expires_at ? Math.max(1, until(show.expires_at)) : 0;
    const isNew = svg !== shown.svg;
    shown = { ...shown, svg, expiresAt: show.expires_at ?? null, rotationsLeft: show.rotations_left ?? null };
    if (isNew) draw(svg);
    tick();
  }

  // The new picture is decoded before it takes the old one's place, so that nothing flickers.
  async function draw(svg) {
    if (!svg) {
      picture.replaceChildren();
      return;
    }
    const next = h("img", { alt: t("qrAlt"), class: "qr-image", draggable: "false", src: `data:image/svg+xml,${encodeURIComponent(svg)}` });
    await next.decode().catch(() => {});
    if (shown.svg === svg && !isOver()) picture.replaceChildren(next);
  }

  const isOver = () => shown.expiresAt !== null && until(shown.expiresAt) <= 0;

  function tick() {
    const over = isOver();
    if (over && picture.firstChild) picture.replaceChildren();
    if (!over && shown.svg && !picture.firstChild) draw(shown.svg);
    wait.hidden = !over && shown.svg !== null;
    meter.hidden = remaining.hidden = over || !shown.svg || shown.expiresAt === null;
    if (meter.hidden) return;
    const left = until(shown.expiresAt);
    level.style.transform = `scaleX(${Math.min(1, left / shown.life).toFixed(4)})`;
    remaining.textContent = t(shown.rotationsLeft === 0 ? "validFor" : "refreshesIn", { time: clockTime(left) });
  }

  everyTick(() => {
    if (!element.isConnected && shown.svg !== null) return false;
    tick();
  });
  return { element, update };
}
