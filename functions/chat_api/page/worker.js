/** The service worker: there only for notifications, which some browsers show by one alone; it keeps no files. */

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data.taskId));
});

/** To the task: in the page where it is open, else in a new one. @param {string} taskId */
async function lead(taskId) {
  const [open] = await clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!open) return clients.openWindow(`/app/flow/${encodeURIComponent(taskId)}`);
  open.postMessage({ taskId });
  return open.focus();
}
