// Shows openapi.json as a page to read. Everything is set as text, never as markup.
"use strict";

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null));
  return element;
}

function resolve(api, schema) {
  if (!schema) return {};
  if (schema.$ref) return api.components.schemas[schema.$ref.split("/").pop()];
  const options = schema.anyOf || schema.oneOf;
  const one = options && options.find((option) => option.type !== "null");
  return one ? resolve(api, one) : schema;
}

function typeName(api, schema) {
  const options = schema.anyOf || schema.oneOf;
  if (options) return options.map((option) => typeName(api, option)).join(" or ");
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.type === "array") return `list of ${typeName(api, schema.items || {})}`;
  return schema.const !== undefined ? JSON.stringify(schema.const) : schema.type || "any";
}

function limits(schema) {
  const inner = (schema.anyOf || []).find((option) => option.type !== "null") || schema;
  const parts = [];
  if (inner.maxLength) parts.push(`at most ${inner.maxLength} characters`);
  if (inner.minimum !== undefined) parts.push(`from ${inner.minimum}`);
  if (inner.maximum !== undefined && inner.maximum < 1e15) parts.push(`up to ${inner.maximum}`);
  return parts.join(", ");
}

function example(api, schema, depth = 0) {
  const known = resolve(api, schema);
  if (depth > 4) return null;
  if (known.enum) return known.enum[0];
  if (known.type === "array") return [example(api, known.items, depth + 1)];
  if (known.type === "object" || known.properties) {
    const entries = Object.entries(known.properties || {});
    return Object.fromEntries(entries.map(([name, value]) => [name, example(api, value, depth + 1)]));
  }
  return { string: "...", integer: 1, number: 0.9, boolean: true }[known.type] ?? null;
}

function fields(api, schema) {
  const known = resolve(api, schema);
  const required = known.required || [];
  const rows = Object.entries(known.properties || {}).map(([name, value]) =>
    row(name, typeName(api, value), required.includes(name), value.description || limits(value)));
  return rows.length ? make("table", "", make("tbody", "", ...rows)) : null;
}

function row(name, type, required, note) {
  return make("tr", "", make("th", "", make("code", "", name)), make("td", "", type),
    make("td", "", [required ? "required" : "optional", note].filter(Boolean).join(", ")));
}

function json(value) {
  return make("pre", "", JSON.stringify(value, null, 2));
}

function titled(title, ...parts) {
  return [make("h3", "", title), ...parts.filter(Boolean)];
}

function requestPart(api, operation) {
  const parts = [];
  const parameters = operation.parameters || [];
  if (parameters.length) {
    const rows = parameters.map((one) =>
      row(one.name, `${typeName(api, one.schema)} (${one.in})`, one.required, one.description || limits(one.schema)));
    parts.push(...titled("Parameters", make("table", "", make("tbody", "", ...rows))));
  }
  for (const [type, content] of Object.entries(operation.requestBody?.content || {})) {
    const sample = type.endsWith("json") ? json(example(api, content.schema)) : null;
    parts.push(...titled(`Body, ${type}`, fields(api, content.schema), sample));
  }
  return parts;
}

function answerPart(api, operation) {
  const parts = [];
  const refused = [];
  for (const [status, response] of Object.entries(operation.responses)) {
    const content = response.content?.["application/json"];
    if (Number(status) >= 400) refused.push(status);
    else parts.push(...titled(`Answer ${status}`, content?.schema ? json(example(api, content.schema)) : null));
  }
  if (refused.length) {
    parts.push(...titled("Refused with", make("p", "", `${refused.join(", ")}: {"error": {"code", "message"}}`)));
  }
  return parts;
}

function operationBlock(api, path, method, operation) {
  const about = operation.description || "";
  const head = make("summary", "", make("code", "method", method.toUpperCase()),
    make("code", "path", path), make("span", "summary", operation.summary || ""));
  const body = make("div", "body", make("p", "", about),
    ...requestPart(api, operation), ...answerPart(api, operation));
  return make("details", "", head, body);
}

function show(api) {
  document.getElementById("title").textContent = `${api.info.title} HTTP interface`;
  document.getElementById("about").textContent = api.info.description.replaceAll("`", "");
  const list = document.getElementById("operations");
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      list.append(operationBlock(api, path, method, operation));
    }
  }
}

fetch("/openapi.json")
  .then((response) => response.json())
  .then(show)
  .catch(() => { document.getElementById("about").textContent = "The description could not be read."; });
