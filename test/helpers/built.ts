/**
 * A module as it was built, for tests of what starts threads: they run files of dist only.
 *
 * @param path from the project's root, without dist: `src/augment/augmentCrew.js`
 */
export const built = async <Module>(path: string): Promise<Module> =>
  (await import(new URL(`../../dist/${path}`, import.meta.url).href)) as Module;
