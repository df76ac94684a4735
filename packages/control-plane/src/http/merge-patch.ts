/**
 * JSON Merge Patch (RFC 7396): absent members stay, `null` removes, objects merge, everything else replaces.
 * The result is checked by the schema of a full replace, so PATCH has no rules of its own.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const merged: Record<string, unknown> = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else if (key !== '__proto__') merged[key] = mergePatch(merged[key], value)
  }
  return merged
}
