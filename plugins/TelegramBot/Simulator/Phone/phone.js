const texts = {
  en: { badge: "Simulated phone", what: "Use this token to access the HTTP API:", lost: "The sandbox does not answer." },
  ru: { badge: "Имитация телефона", what: "Токен для доступа к HTTP API:", lost: "Песочница не отвечает." },
};

const language = new URLSearchParams(location.search).get("lang") === "ru" ? "ru" : "en";
const t = texts[language];

document.documentElement.lang = language;
for (const element of document.querySelectorAll("[data-text]")) element.textContent = t[element.dataset.text];

try {
  const state = await (await fetch(`phone/state?lang=${language}`)).json();
  document.getElementById("scenario").textContent = state.scenario;
  document.getElementById("token").textContent = state.token;
} catch {
  document.getElementById("said").textContent = t.lost;
}
