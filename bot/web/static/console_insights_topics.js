// The topics of unanswered questions, as the Insights tab shows them. Asks for nothing itself.
"use strict";

// The Review tab takes the wish when it appears: { reason }, or { name, turns } of a topic.
function openReview(wish) {
  window.deskmateReviewWish = wish;
  document.querySelector('#dc-tabs [role=tab][id*="review"], #dc-tabs [role=tab][aria-controls*="review"]')?.click();
}

function reviewButton(text, wish) {
  const button = make("button", { type: "button", class: "di-button" }, text);
  button.addEventListener("click", () => openReview(wish));
  return button;
}

function topic(one) {
  const said = say("asked", { questions: whole.format(one.questions), conversations: whole.format(one.conversations) });
  const summary = make("summary", null,
    make("span", { class: "di-topic-name", lang: one.language }, one.name),
    spark(say("trend", { counts: one.counts.join(", ") }), one.counts),
    make("span", { class: "di-topic-count" }, said),
    make("span", { class: "di-words" }, ...one.words.map((word) => make("span", { class: "di-word", lang: one.language }, word))));
  const examples = one.examples.map((example) => make("li", null,
    make("span", { lang: one.language }, example.text), " ", make("time", { datetime: example.at, class: "di-note" }, longDay(example.at.slice(0, 10)))));
  const review = reviewButton(say("review_these", { count: whole.format(one.turn_ids.length) }), { name: one.name, turns: one.turn_ids });
  return make("li", null, make("details", { class: "di-topic" }, summary, make("ul", { class: "di-examples" }, ...examples),
    make("div", { class: "di-actions" }, review)));
}

function showTopics(report) {
  const review = reviewButton(say("review"), { reason: "out_of_scope" });
  const link = make("a", { class: "di-button", download: true, href: `/api/staff/insights.csv?table=topics&${query()}` }, say("topics_download"));
  const said = { questions: whole.format(report.questions), grouped: whole.format(report.grouped), single: whole.format(report.single) };
  topics.replaceChildren(make("h3", { id: "di-topics-title" }, say("topics")),
    make("p", { class: "di-note" }, say("topics_said", said)),
    report.topics.length ? make("ol", null, ...report.topics.map(topic)) : nothing("topics_none"),
    make("div", { class: "di-actions" }, review, report.topics.length ? link : null));
}

function topicsWait() {
  topics.replaceChildren(make("h3", { id: "di-topics-title" }, say("topics")), make("p", { class: "di-note", role: "status" }, say("topics_loading")));
}
