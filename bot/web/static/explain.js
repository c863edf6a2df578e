// Why the bot said what it said: one view of one turn, for any page of the console.
//
//   const { openExplain } = await import("/static/explain.js");
//   openExplain({ message: 17 });   // a message of the bot, or the customer's before it
//   openExplain({ turn: 4 });
//
// Every word is set as text (textContent), never as markup: customers and documents write here.

const STYLES = "/static/explain.css";

const WORDS = {
  en: {
    title: "Why this reply?", close: "Close", loading: "Looking it up…", failed: "This could not be looked up.",
    unknown: "There is nothing to explain here: this message was no answer to a customer.",
    asked: "The customer wrote", understood: "Understood as", said: "The bot's reply", nothing_said: "The bot said nothing.",
    intents: "Intents", passages: "Passages", neighbours: "Nearest training utterances", none: "None",
    threshold: "threshold {value}", at_threshold: "The line marks the threshold.",
    score: "Score {score}: confidence {confidence} × in scope {inside}.",
    passed: "It passes the threshold of {threshold}.", missed: "It misses the threshold of {threshold}.",
    of_knowledge: "question for the knowledge", quoted: "used in the reply", show_text: "Its text", cosine: "likeness", release: "Release {release}, index {index}",
    timings: "Time: {timings} ms", mood: "Mood: {mood}", negative: "negative", neutral: "neutral", positive: "positive",
    redacted: "Personal data is left out of training utterances.", text_not_kept: "text not kept",
    from_release: "Taken from release {release}, which stands in.",
    note_release_gone: "The turn's own release was deleted; thresholds and neighbours are those of the one that serves now.",
    note_no_utterances: "This release does not keep the texts of its training utterances; releases trained from now on do.",
    note_no_release: "No release is there to look into.",
    why: {
      button: "The text is that of a button or of a passage's own question, so there was nothing to guess.",
      intent: "The intent “{intent}” cleared its threshold.",
      slot_missing: "The intent “{intent}” cleared its threshold; it still needs “{slot}”.",
      slot_given: "The bot had asked for a value; the message gave it, and “{intent}” went on.",
      slot_not_found: "The bot had asked for “{slot}” and found none in the message.",
      passage: "A passage was more probably right than any intent.",
      unsure: "Several things were likely, none enough: the bot asked back.",
      nothing_known: "Nothing the bot knows was likely enough.",
      called: "A service of the business answered, and the reply tells what.",
      complaint: "The customer complains; that is for a person.",
      legal: "The words speak of legal steps; that is for a person.",
      self_harm: "The words speak of self-harm; that is for a person at once.",
      safety: "The words speak of a danger; that is for a person at once.",
      amount: "The sum is above the limit up to which the bot decides.",
      mood: "The customer was in a bad mood again and had not been helped.",
      service_down: "A service of the business did not answer as it should.",
      failed_again: "The bot could not help twice in a row, so it called a person.",
      person_requested: "The customer asked for a person.",
      person_by_button: "The customer pressed the button for a person.",
      small_talk: "A greeting, thanks or a goodbye.",
      announcement: "A notice of the desk, no answer.",
      with_person: "A person had the conversation; the bot only listened.",
    },
  },
  zh: {
    title: "为什么这样回复？", close: "关闭", loading: "正在查询…", failed: "查询失败。",
    unknown: "这条消息不是对客户的回答，没有可解释的内容。",
    asked: "客户的消息", understood: "理解时使用的文本", said: "机器人的回复", nothing_said: "机器人没有回复。",
    intents: "意图", passages: "知识条目", neighbours: "最相近的训练语句", none: "无",
    threshold: "阈值 {value}", at_threshold: "竖线表示阈值。",
    score: "得分 {score}：置信度 {confidence} × 范围内概率 {inside}。",
    passed: "达到阈值 {threshold}。", missed: "未达到阈值 {threshold}。",
    of_knowledge: "由知识库回答的问题", quoted: "用于回复", show_text: "全文", cosine: "相似度", release: "版本 {release}，索引 {index}",
    timings: "耗时：{timings} 毫秒", mood: "情绪：{mood}", negative: "负面", neutral: "中性", positive: "正面",
    redacted: "训练语句中不含个人信息。", text_not_kept: "未保存文本",
    from_release: "取自代替版本 {release}。",
    note_release_gone: "该轮对话所用的版本已删除；阈值和相近语句来自当前版本。",
    note_no_utterances: "此版本没有保存训练语句的文本；今后训练的版本会保存。",
    note_no_release: "没有可供查询的版本。",
    why: {
      button: "文本与按钮或知识条目的问题完全一致，无需判断。",
      intent: "意图“{intent}”达到了阈值。",
      slot_missing: "意图“{intent}”达到了阈值，但还缺少“{slot}”。",
      slot_given: "机器人此前询问了信息，客户已提供，“{intent}”继续进行。",
      slot_not_found: "机器人询问了“{slot}”，但消息中没有找到。",
      passage: "有一条知识比任何意图都更可能正确。",
      unsure: "有几种可能，但都不够确定，因此机器人反问。",
      nothing_known: "机器人掌握的内容中没有足够相关的。",
      called: "业务系统已应答，回复说明了结果。",
      complaint: "客户在投诉，需由人工处理。",
      legal: "消息提到法律途径，需由人工处理。",
      self_harm: "消息提到自我伤害，需立即由人工处理。",
      safety: "消息提到危险情况，需立即由人工处理。",
      amount: "金额超过机器人可以决定的上限。",
      mood: "客户情绪持续不佳，且问题没有解决。",
      service_down: "业务系统没有正常应答。",
      failed_again: "机器人连续两次没有帮上忙，因此转人工。",
      person_requested: "客户要求人工服务。",
      person_by_button: "客户按下了人工按钮。",
      small_talk: "问候、感谢或道别。",
      announcement: "系统通知，不是回答。",
      with_person: "对话由人工处理，机器人只是旁听。",
    },
  },
};

export const pageLanguage = () => (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
export const percent = (value) => (value === null || value === undefined ? "–" : `${(100 * value).toFixed(value > 0.995 && value < 1 ? 1 : 0)} %`);
export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

export function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child || child === 0));
  return node;
}

// One row: a name, a bar with the threshold on it, the value as text.
export function bar(name, value, { threshold = null, strong = false, detail = "" } = {}) {
  const fill = make("i", "dx-fill");
  fill.style.width = `${Math.round(100 * Math.max(0, Math.min(1, value)))}%`;
  const track = make("span", "dx-track", fill);
  track.setAttribute("aria-hidden", "true");
  if (threshold !== null) {
    const mark = make("i", "dx-mark");
    mark.style.insetInlineStart = `${Math.round(100 * threshold)}%`;
    track.append(mark);
  }
  return make("div", strong ? "dx-bar dx-strong" : "dx-bar", make("span", "dx-name", name),
    track, make("span", "dx-value", percent(value)), detail && make("span", "dx-detail", detail));
}

export function useStyles(href) {
  if (document.querySelector(`link[href="${href}"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  document.head.append(link);
}

const section = (title, ...children) => make("section", "dx-part", make("h3", "", title), ...children);

function called(data, intent, language) {
  return data.labels[intent]?.[language] ?? intent ?? "";
}

function intentsOf(data, words, language) {
  if (!data.ranking.length) return section(words.intents, make("p", "dx-soft", words.none));
  const rows = data.ranking.map(([name, value]) => bar(called(data, name, language), value, {
    strong: name === data.intent && data.accepted, detail: called(data, name, language) === name ? "" : name,
  }));
  const values = {
    score: percent(data.score), confidence: percent(data.confidence),
    inside: percent(1 - data.out_of_scope), threshold: percent(data.threshold),
  };
  const verdict = data.threshold === null ? "" : ` ${filled(data.accepted ? words.passed : words.missed, values)}`;
  return section(words.intents, ...rows, make("p", "dx-soft", filled(words.score, values) + verdict));
}

function passagesOf(data, words) {
  const rows = data.passages.map((one) => {
    const body = make("details", "dx-passage", make("summary", "", words.show_text), make("p", "dx-text", one.body));
    const detail = one.quoted ? `${one.source} · ${words.quoted}` : one.source;
    return make("div", "dx-found", bar(one.title || one.source, one.score, { threshold: data.passage_threshold, strong: one.quoted, detail }), body);
  });
  const limit = data.passage_threshold === null ? null
    : make("p", "dx-soft", `${filled(words.threshold, { value: percent(data.passage_threshold) })}. ${words.at_threshold}`);
  return section(words.passages, ...(rows.length ? [...rows, limit] : [make("p", "dx-soft", words.none)]));
}

const KNOWLEDGE = "(knowledge)"; // what teaches the head that no intent, but the knowledge, answers

function neighboursOf(data, words, language) {
  const rows = data.neighbours.map((one) => make("li", "",
    make("span", one.text === null ? "dx-soft" : "dx-text", one.text ?? words.text_not_kept),
    make("span", "dx-tag", one.intent === KNOWLEDGE ? words.of_knowledge : called(data, one.intent, language)),
    make("span", "dx-value", `${words.cosine} ${one.cosine.toFixed(2)}`)));
  const stands = data.neighbours_release && data.neighbours_release !== data.release
    ? make("p", "dx-soft", filled(words.from_release, { release: data.neighbours_release })) : null;
  return section(words.neighbours, rows.length ? make("ul", "dx-list", ...rows) : make("p", "dx-soft", words.none),
    rows.length ? make("p", "dx-soft", words.redacted) : null, stands);
}

// The whole explanation as one node; `data` is what /api/staff/turns/{id}/explain answers.
export function explanation(data, language = pageLanguage()) {
  const words = WORDS[language];
  const values = { intent: called(data, data.action_intent ?? data.intent, language), slot: data.slot ?? "" };
  const timings = Object.entries(data.timings_ms).map(([name, ms]) => `${name} ${ms.toFixed(1)}`).join(", ");
  return make("div", "dx",
    make("p", "dx-why", filled(words.why[data.why] ?? "", values)),
    ...data.notes.map((note) => make("p", "dx-note", words[`note_${note}`] ?? note)),
    section(words.asked, make("p", "dx-text dx-quote", data.message),
      data.query === data.message ? null : make("p", "dx-soft", words.understood),
      data.query === data.message ? null : make("p", "dx-text dx-quote", data.query)),
    section(words.said, data.reply === null ? make("p", "dx-soft", words.nothing_said) : make("p", "dx-text dx-quote", data.reply)),
    intentsOf(data, words, language), passagesOf(data, words), neighboursOf(data, words, language),
    make("p", "dx-soft", filled(words.release, { release: data.release || "–", index: data.index_version })),
    timings ? make("p", "dx-soft", filled(words.timings, { timings })) : null,
    data.mood ? make("p", "dx-soft", filled(words.mood, { mood: words[data.mood] })) : null);
}

// Opens it over the page; `what` is {turn: id} or {message: id}. The focus comes back afterwards.
export async function openExplain(what, language = pageLanguage()) {
  useStyles(STYLES);
  const words = WORDS[language];
  const close = make("button", "dx-close", words.close);
  close.type = "button";
  const title = make("h2", "", words.title);
  title.id = "dx-title";
  const body = make("div", "dx-body", make("p", "dx-soft", words.loading));
  body.tabIndex = 0;
  const dialog = make("dialog", "dx-dialog", make("header", "", title, close), body);
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.lang = language;
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  const path = what.turn ? `turns/${what.turn}/explain` : `messages/${what.message}/explain`;
  try {
    const answer = await fetch(`/api/staff/${path}`);
    const text = answer.status === 404 ? words.unknown : words.failed;
    body.replaceChildren(answer.ok ? explanation(await answer.json(), language) : make("p", "dx-note", text));
  } catch {
    body.replaceChildren(make("p", "dx-note", words.failed));
  }
  return dialog;
}
