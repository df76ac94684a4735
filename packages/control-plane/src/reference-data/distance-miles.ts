/** A point on the ground, decimal degrees, WGS 84. */
export interface Coordinates {
  readonly latitude: number
  readonly longitude: number
}

/** Mean radius of the earth (IUGG), in statute miles. */
const EARTH_RADIUS_MILES = 3958.761

/** Great-circle distance in statute miles (haversine); the `distance` of number search (S1-70). */
export function distanceMiles(from: Coordinates, to: Coordinates): number {
  const latitudeDelta = radians(to.latitude - from.latitude)
  const longitudeDelta = radians(to.longitude - from.longitude)
  const chord = Math.sin(latitudeDelta / 2) ** 2 + Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * Math.sin(longitudeDelta / 2) ** 2
  return 2 * EARTH_RADIUS_MILES * Math.asin(Math.min(1, Math.sqrt(chord)))
}

export function isOnEarth(point: Coordinates): boolean {
  return Math.abs(point.latitude) <= 90 && Math.abs(point.longitude) <= 180
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180
}
