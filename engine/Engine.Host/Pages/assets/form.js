// The fields of a prompt: what a browser can know of them, and what is said beside them.
import { h } from "./dom.js";
import { local, t } from "./words.js";

const kinds = {
  text: { type: "text", autocomplete: "off" },
  secret: { type: "password", autocomplete: "current-password", autocapitalize: "off", spellcheck: "false" },
  phone: { type: "tel", autocomplete: "tel", inputmode: "tel" },
  code: { type: "text", autocomplete: "one-time-code", inputmode: "numeric", autocapitalize: "off", spellcheck: "false", class: "input code" },
  url: { type: "url", autocomplete: "url", inputmode: "url" },
  number: { type: "text", autocomplete: "off", inputmode: "decimal" },
};

/** The fields as elements, with their values and what is wrong with them. */
export function formFields(fields, onEdit) {
  const parts = fields.map((field) => (field.type === "boolean" ? checkbox(field, onEdit) : labelled(field, onEdit)));
  return {
    elements: parts.map((part) => part.element),
    values: () => Object.fromEntries(parts.map((part) => [part.name, part.value()])),
    set: (values) => parts.forEach((part) => part.set(values[part.name] ?? "")),
    setBusy: (busy) => parts.forEach((part) => { part.input.disabled = busy; }),
    focus: () => (parts.find((part) => part.input.getAttribute("aria-invalid") === "true") ?? parts[0])?.input.focus(),
    /** Marks the first field as refused; the sentence stands in the element of this id. */
    refuse: (id) => parts[0]?.mark(id),
    /** Says what is missing; gives whether all is there. */
    check() {
      for (const part of parts) part.say(part.isMissing() ? t("required") : "");
      return parts.every((part) => !part.isMissing());
    },
    /** Says what the engine found, by field name. */
    say: (errors) => parts.forEach((part) => part.say(errors[part.name] ?? "")),
  };
}

function labelled(field, onEdit) {
  const id = `field-${field.name}`;
  const error = h("p", { class: "field-error", id: `${id}-error`, "aria-live": "polite" });
  const hint = local(field.hint);
  const input = field.type === "select" ? choice(field, id) : h("input", {
    class: "input", ...kinds[field.type] ?? kinds.text, id, name: field.name, maxlength: field.max_length,
    "aria-required": String(field.is_required), "aria-describedby": hint ? `${id}-hint ${error.id}` : error.id,
    value: field.value ?? field.default ?? "",
  });
  input.addEventListener("input", () => {
    say("");
    onEdit();
  });

  function say(sentence) {
    error.textContent = sentence;
    if (sentence) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  const line = h("div", { class: "input-line" }, input, field.type === "secret" && reveal(input));
  return {
    name: field.name,
    input,
    value: () => input.value,
    set: (value) => { input.value = value; },
    isMissing: () => field.is_required && input.value.trim() === "",
    say,
    mark(by) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", `${by} ${input.getAttribute("aria-describedby")}`);
    },
    element: h("div", { class: "field" },
      h("label", { for: id }, local(field.label) || field.name, !field.is_required && h("span", { class: "optional" }, ` · ${t("optional")}`)),
      line, hint && h("p", { class: "hint", id: `${id}-hint` }, hint), error),
  };
}

function choice(field, id) {
  const select = h("select", { class: "input", id, name: field.name },
    field.options.map((option) => h("option", { value: option.name }, local(option.label ?? option.title) || option.name)));
  if (field.value ?? field.default) select.value = field.value ?? field.default;
  return select;
}

function checkbox(field, onEdit) {
  const id = `field-${field.name}`;
  const error = h("p", { class: "field-error", id: `${id}-error`, "aria-live": "polite" });
  const input = h("input", { type: "checkbox", id, name: field.name, "aria-describedby": error.id });
  input.checked = (field.value ?? field.default) === "true";
  input.addEventListener("change", onEdit);
  return {
    name: field.name,
    input,
    value: () => String(input.checked),
    set: (value) => { input.checked = value === "true"; },
    isMissing: () => false,
    say: (sentence) => { error.textContent = sentence; },
    mark: () => {},
    element: h("div", { class: "field" }, h("label", { class: "check", for: id }, input, local(field.label) || field.name), error),
  };
}

function reveal(input) {
  const button = h("button", { type: "button", class: "reveal", "aria-controls": input.id, "aria-pressed": "false" }, t("showPassword"));
  button.addEventListener("click", () => {
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.textContent = t(show ? "hidePassword" : "showPassword");
    button.setAttribute("aria-pressed", String(show));
    input.focus();
  });
  return button;
}
