// The start page: begin a run, go on with one, look at the connections.
import { get, post, tradeLink } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { formFields } from "./form.js";
import { dayOf, healthWord, languageSwitch, local, t } from "./words.js";

const main = document.getElementById("main");
const wish = new URLSearchParams(location.search);
let data = null; // { flows, isSandbox, connections, runs }
let failure = null;
let chosen = { flow: wish.get("flow"), scenario: wish.get("scenario") };
let inputs = null;

function render() {
  document.title = `${t("startTitle")} · Engine`;
  if (failure) fill(main, failedCard());
  else if (data) fill(main, startCard(), openRuns(), connections());
}

function startCard() {
  const flow = data.flows.find((candidate) => candidate.name === chosen.flow) ?? data.flows[0];
  if (!flow) return h("section", { class: "card start" }, h("h1", {}, t("startTitle")), h("p", { class: "lead" }, t("noFlows")));
  chosen.flow = flow.name;
  inputs = formFields(flow.inputs.map((input) => ({ ...input, value: null })), () => {});
  const trouble = h("p", { class: "field-error", role: "alert" });
  const button = h("button", { type: "submit", class: "button primary", disabled: flow.incident?.state === "down" }, t("connect"));
  const form = h("form", { class: "form", novalidate: true },
    h("fieldset", { class: "choices" }, h("legend", {}, t("flow")), data.flows.map((candidate) => flowChoice(candidate, flow))),
    flow.scenarios.length > 0 && scenarioChoice(flow),
    inputs.elements, trouble, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!inputs.check()) {
      inputs.focus();
      return;
    }
    begin({ flow: flow.name, input: filled(inputs.values()) }, button, trouble);
  });
  return h("section", { class: "card start" },
    h("h1", {}, t("startTitle")), h("p", { class: "lead" }, t("startText")),
    flow.incident && h("p", { class: "incident", role: "status" }, local(flow.incident.text)),
    data.isSandbox && h("p", { class: "sandbox-note" }, t("sandboxNote")), form);
}

function flowChoice(candidate, flow) {
  const input = h("input", { type: "radio", name: "flow", value: candidate.name, checked: candidate === flow });
  input.addEventListener("change", () => {
    chosen = { ...chosen, flow: candidate.name, scenario: null };
    render();
    main.querySelector(`input[value="${CSS.escape(candidate.name)}"]`)?.focus();
  });
  return h("label", { class: "choice" }, input, h("span", {}, local(candidate.title) || candidate.name));
}

function scenarioChoice(flow) {
  const select = h("select", { class: "input", id: "scenario" },
    flow.scenarios.map((scenario) => h("option", { value: scenario.name }, local(scenario.title) || scenario.name)));
  if (flow.scenarios.some((scenario) => scenario.name === chosen.scenario)) select.value = chosen.scenario;
  const whole = h("p", { class: "hint only-narrow" });
  const take = () => {
    chosen.scenario = select.value;
    whole.textContent = select.selectedOptions[0]?.textContent ?? ""; // a small screen cuts the select's own text off
  };
  select.addEventListener("change", take);
  take();
  return h("div", { class: "field" }, h("label", { for: "scenario" }, t("scenario")), select, whole);
}

// An input that is left empty is left out, so that its default holds.
const filled = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));

async function begin(request, button, trouble) {
  button.disabled = true;
  const before = button.textContent;
  button.textContent = t("starting");
  try {
    const scenario = data.isSandbox && chosen.flow === request.flow ? chosen.scenario : null;
    const run = await post("/v1/runs", scenario ? { ...request, scenario } : request);
    location.assign(`/connect/${run.id}`);
  } catch (error) {
    button.disabled = false;
    button.textContent = before;
    const errors = error.problem?.errors;
    if (errors && inputs) {
      inputs.say(Object.fromEntries(errors.map((wrong) => [wrong.field, local(wrong.text)])));
      inputs.focus();
    } else if (error.code === "reauth_already_open") {
      location.assign(`/connect/${error.problem.run}`);
    } else {
      trouble.textContent = error.code === "offline" ? t("connectionLost") : error.problem?.detail ?? t("faultText");
    }
  }
}

function openRuns() {
  return data.runs.length > 0 && h("section", { class: "list" }, h("h2", {}, t("openRuns")), h("ul", {}, data.runs.map((run) =>
    h("li", { class: "row" },
      h("div", { class: "row-words" }, h("strong", {}, local(run.title) || run.flow), h("span", { class: "row-more" }, h("code", {}, run.support_code))),
      h("a", { class: "button quiet small", href: `/connect/${run.id}` }, t("continueRun"))))));
}

function connections() {
  return h("section", { class: "list" }, h("h2", {}, t("connections")),
    data.connections.length === 0
      ? h("p", { class: "empty" }, t("noConnections"))
      : h("ul", {}, data.connections.map(connectionRow)));
}

function connectionRow(connection) {
  // The flow that made it comes first; one that a provider's call begins is renewed by another.
  const renewers = data.flows.filter((flow) => connection.renewed_by.includes(flow.name))
    .sort((one, other) => (other.name === connection.flow) - (one.name === connection.flow));
  const trouble = h("p", { class: "field-error", role: "alert" });
  const buttons = ["reauth", "reconfigure"].flatMap((purpose) => {
    const flow = renewers.find((candidate) => candidate.purposes.includes(purpose));
    if (!flow) return [];
    const button = h("button", { type: "button", class: "button quiet small" }, t(purpose === "reauth" ? "reauthorize" : "reconfigure"));
    button.addEventListener("click", () => begin({ flow: flow.name, purpose, connection: connection.id }, button, trouble));
    return [button];
  });
  const deletion = local(connection.deletion);
  return h("li", { class: "row" },
    h("div", { class: "row-words" },
      h("strong", {}, connection.account ?? (local(connection.title) || connection.flow)),
      h("span", { class: `health ${connection.health}` }, healthWord(connection.health)),
      h("span", { class: "row-more" }, h("code", {}, connection.id), " ", t("createdAt", { date: dayOf(connection.created_at) })),
      local(connection.cause_text) && h("span", { class: "row-more" }, local(connection.cause_text)),
      deletion && h("details", { class: "row-more" }, h("summary", {}, t("deletion")), h("p", {}, deletion)),
      trouble),
    h("div", { class: "row-buttons" }, buttons));
}

function failedCard() {
  const isOut = failure.status === 401 || failure.status === 403;
  return h("section", { class: "card ended failed" },
    h("div", { class: "mark-ring" }, icon("M12 7v6 M12 16.6v.2", "icon mark-sign")),
    h("h1", {}, t(isOut ? "signedOutTitle" : "faultTitle")),
    h("p", { class: "lead" }, t(isOut ? "signedOutText" : "faultText")));
}

async function load() {
  try {
    const [flows, stored, runs] = await Promise.all([get("/v1/flows"), get("/v1/connections"), get("/v1/runs?open=true")]);
    // What a provider's call begins, nobody begins here.
    data = { flows: flows.flows.filter((flow) => !flow.begun_by), isSandbox: flows.is_sandbox, connections: stored.connections, runs: runs.runs };
    failure = null;
  } catch (error) {
    failure = error;
  }
  render();
}

languageSwitch(render);
try {
  await tradeLink();
} catch (error) {
  failure = error;
}
await load();
// Back from a run, or from another app: what is listed may have changed.
addEventListener("pageshow", (event) => event.persisted && load());
document.addEventListener("visibilitychange", async () => {
  if (document.hidden || document.activeElement?.closest("form") || !data) return;
  await load();
});
