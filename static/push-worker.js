// Shows what the program pushes, and leads to it. It answers no requests: pages always come from the server.
addEventListener("push", (event) => {
  const news = event.data ? event.data.json() : {};
  event.waitUntil(registration.showNotification(news.title || "LWC Inventory", { body: news.body || "", data: news.url || "/inbox" }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.openWindow(event.notification.data));
});
