/**
 * The lessons there are, and the way to one of your own.
 *
 * @import { Desk } from "./desk.d.ts"
 * @import { Lesson } from "./lesson/lesson.d.ts"
 */
import { html, icon } from "../draw/dom.js";
import { openDialog } from "./dialog.js";
import { pickFile } from "./files.js";
import { nameOfRunning, startLesson } from "./lesson/runner.js";

/** @typedef {{ id: string, title: string, summary: string, minutes: number, steps: number }} Info */

/** @param {Desk} desk */
export async function openLessons(desk) {
  const { t, api, language } = desk;
  /** @type {{ lessons: Info[] }} */
  const { lessons } = await api.getJson("/api/v1/lessons", { lang: language });
  const dialog = openDialog({
    id: "lessons",
    title: t("guide.lessons"),
    t,
    draw: () => [
      html(
        "ol",
        { class: "lesson-list" },
        lessons.map(({ id, title, summary, minutes }, at) =>
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
  const [id, step = "1"] = name.split(".");
  /** @type {Lesson} */
  const lesson = await desk.api.getJson(`/api/v1/lessons/${id}`);
  startLesson(desk, lesson, { name: id, at: Number(step) - 1, restored });
}

/**
 * A lesson that a link names.
 * @param {Desk} desk
 * @param {string} name
 */
export function followLink(desk, name) {
  if (nameOfRunning() === name.split(".")[0]) return;
  // A bare name begins the lesson; with a step, the link says where the page stood.
  beginLesson(desk, name, name.includes("."));
}
