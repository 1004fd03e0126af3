/** The first name that a run's logs would have twice: they have a `learning_rate`, too, and each metric of a validation as `val_…`. */
export function nameTwiceInLogs(metrics: readonly string[]): string | undefined {
  const logs = ['learning_rate', ...metrics, ...metrics.map(name => `val_${name}`)];
  return logs.find((name, i) => logs.indexOf(name) < i);
}
