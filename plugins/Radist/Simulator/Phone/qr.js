// The provider's own page with the WhatsApp code, as far as a sandbox needs it: it refreshes itself, and a press of its button scans.
import { begin, by, watch } from "./sandbox.js";

const t = begin({
  en: {
    badge: "Simulated page of Radist", scan: "Scan with the simulated phone",
    explain: "Radist's own page shows the WhatsApp code here and renews it by itself.",
    qr: "A code is shown, good for {0} s.", none: "There is no code to scan now.",
  },
  ru: {
    badge: "Имитация страницы Radist", scan: "Отсканировать имитацией телефона",
    explain: "Собственная страница Radist показывает здесь код WhatsApp и сама его обновляет.",
    qr: "Показан код, он действует ещё {0} с.", none: "Сейчас нет кода, который можно отсканировать.",
  },
});

by("scan").addEventListener("click", () => fetch("phone/scan", { method: "POST" }));
watch(state => {
  const seconds = state.qr_expires ? Math.max(0, Math.round((Date.parse(state.qr_expires) - Date.parse(state.now)) / 1000)) : 0;
  by("stage").textContent = state.stage === "qr" ? t.qr.replace("{0}", seconds) : t.none;
  by("scan").disabled = state.stage !== "qr";
}, t);
