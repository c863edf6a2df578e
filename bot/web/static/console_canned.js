// The button that opens the canned replies. Runs inside Gradio's HTML component; its event is
// "changed". What stands in the reply box is offered as the text of a new one.
"use strict";

const language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
const button = element.querySelector("button");
button.textContent = props.value.open[language];
button.addEventListener("click", async () => {
  const { openCanned } = await import("/static/canned.js");
  if (await openCanned(props.value, document.querySelector("#dc-box textarea")?.value ?? "")) trigger("changed", {});
});
