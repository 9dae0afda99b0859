/** The list that a task is in, and who is to do it, as fields of its form. */

import { element } from "./element.js";
import { field } from "./fields.js";

/**
 * A list is to be chosen where one has several, and an assignee where the list is shared; a subtask is where its task
 * is. `changes` are the members of PATCH /tasks/{id} that differ.
 * @param {any} task
 * @param {{lists: any[], membersOf: (list: string) => Promise<any[]>, me: string, failed: (problem: Error) => void}} with
 * @returns {{nodes: HTMLElement[], changes: () => any}}
 */
export function placeInputs(task, { lists, membersOf, me, failed }) {
  const open = lists.filter(({ id, role }) => role !== "viewer" || id === task.list_id);
  const option = (value, words, chosen) => element("option", { value, selected: value === chosen }, words);
  const list = element("select", { name: "list" }, ...open.map(({ id, name }) => option(id, name, task.list_id)));
  const assignee = element("select", { name: "assignee" }, option("", "Nobody", ""));
  const nodes = [field("List", list), field("Who does it", assignee)];
  nodes[0].hidden = open.length < 2 || Boolean(task.parent_id);
  nodes[1].hidden = true;
  const offer = (members, chosen) => {
    const names = members.map(({ user_id: id, name }) => option(id, id === me ? `${name} (you)` : name, chosen));
    assignee.replaceChildren(option("", "Nobody", ""), ...names);
    nodes[1].hidden = members.length < 2;
  };
  const asked = async (chosen) => {
    const of = list.value;
    try {
      const members = await membersOf(of);
      if (of === list.value) offer(members, chosen); // else another one was chosen since
    } catch (problem) {
      if (problem.status) failed(problem); // without a connection the form does without
    }
  };
  list.addEventListener("change", () => asked(assignee.value));
  asked(task.assignee_id ?? "");
  const changes = () => ({
    ...(list.value === task.list_id || nodes[0].hidden ? {} : { list_id: list.value }),
    ...(assignee.value === (task.assignee_id ?? "") || nodes[1].hidden ? {} : { assignee_id: assignee.value || null }),
  });
  return { nodes, changes };
}
