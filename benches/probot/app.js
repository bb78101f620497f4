// Does nothing with a delivery but look at it: what is measured is Probot's own answer, at its best.
export default (app) => {
  app.on('pull_request', async (context) => context.payload.pull_request.number);
};
