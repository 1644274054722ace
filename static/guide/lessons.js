/**
 * The lessons there are, and the way to one of your own.
 *
 * @import { Desk } from "./desk.d.ts"
 * @import { Lesson } from "./lesson/lesson.d.ts"
 */
import { problemOf } from "../api.js";
import { html, icon } from "../draw/dom.js";
import { say } from "../toast.js";
import { read } from "../url.js";
import { openDialog } from "./dialog.js";
import { pickFile } from "./files.js";
import { keptOwn } from "./lesson/own.js";
import { nameOfRunning, startLesson } from "./lesson/runner.js";

/** @typedef {{ id: string, title: string, summary: string, minutes: number, steps: number }} Info */

/** @param {Desk} desk */
export async function openLessons(desk) {
  const { t, api, language } = desk;
  /** @type {{ lessons: Info[] } | null} */
  const found = await orSay(desk, api.getJson("/api/v1/lessons", { lang: language }));
  if (!found) return;
  const dialog = openDialog({
    id: "lessons",
    title: t("guide.lessons"),
    t,
    draw: () => [
      html(
        "ol",
        { class: "lesson-list" },
        found.lessons.map(({ id, title, summary, minutes }, at) =>
          html(
            "li",
            {},
            html(
              "button",
              { type: "button", class: "lesson-entry", "data-lesson": id, on: { click: () => begin(id) } },
              html("span", { class: "lesson-number-of", "aria-hidden": "true" }, String(at + 1)),
              html("b", {}, title),
              html("span", { class: "faint lesson-minutes" }, t("guide.lesson.minutes", { count: minutes })),
              html("span", { class: "lesson-summary" }, summary),
            ),
          )
        ),
      ),
      html(
        "section",
        { class: "lesson-own", "aria-labelledby": "lesson-own" },
        html("h3", { id: "lesson-own" }, t("guide.lesson.own")),
        html("p", { class: "faint" }, t("guide.lesson.own_about")),
        html(
          "div",
          { class: "share-buttons" },
          html(
            "button",
            { type: "button", class: "button", on: { click: () => pickFile(desk) } },
            t("guide.share.open"),
          ),
          html("a", {
            class: "button",
            href: "/api/v1/lessons/one-neuron",
            download: "one-neuron.lesson.json",
          }, t("guide.lesson.pattern")),
          html(
            "a",
            { class: "button", href: "/api/v1/schemas/lesson.json", target: "_blank" },
            icon("open"),
            t("guide.lesson.schema"),
          ),
        ),
      ),
    ],
  });
  /** @param {string} id */
  const begin = (id) => {
    dialog.close();
    beginLesson(desk, id);
  };
}

/**
 * Begins a built-in lesson.
 * @param {Desk} desk
 * @param {string} name  its name, or with the step to be at: `what-delta-means.4`
 * @param {boolean} [restored]  does the page stand where it should be already?
 */
export async function beginLesson(desk, name, restored = false) {
  const { t } = desk;
  const [id, step = "1"] = name.split(".");
  /** @type {Lesson | null} */
  const lesson = await orSay(
    desk,
    desk.api.getJson(`/api/v1/lessons/${id}`),
    t("guide.lesson.unknown", { name: id }),
  );
  if (!lesson) return desk.dispatch({ type: "lesson", lesson: null });
  startLesson(desk, lesson, { name: id, at: Number(step) - 1, restored });
}

/**
 * The lesson from a file that this tab was at when the page was loaded again.
 * @param {Desk} desk
 */
export function resumeOwn(desk) {
  const kept = keptOwn();
  if (kept && nameOfRunning() === null) startLesson(desk, kept.lesson, { at: kept.at, restored: true });
}

/**
 * A lesson that a link names.
 * @param {Desk} desk
 * @param {string} name
 */
export function followLink(desk, name) {
  if (nameOfRunning() === name.split(".")[0]) return;
  // The address that a page was left with says where it stood; a link that somebody wrote may name the step alone.
  const { spec, step, frame } = read();
  beginLesson(desk, name, [spec, step, frame].some((said) => said !== undefined));
}

/**
 * An answer of the server, or null once it has been said that there is none.
 * @template T
 * @param {Pick<Desk, "t">} desk
 * @param {Promise<T>} asked
 * @param {string} [refused]  what is said where the server knows no such thing
 * @returns {Promise<T | null>}
 */
async function orSay({ t }, asked, refused = t("guide.failed")) {
  try {
    return await asked;
  } catch (error) {
    say(problemOf(error)?.status ? refused : t("guide.no_answer"));
    return null;
  }
}
