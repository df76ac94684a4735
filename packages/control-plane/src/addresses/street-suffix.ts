/** Street suffixes of USPS Publication 28, appendix C1: the standard abbreviation, then every spelling that means it. */
const SUFFIXES = `
Aly alley allee ally|Anx anex annex annx|Arc arcade|Ave avenue av aven avenu avn avnue|Bch beach|Bg burg|Bgs burgs|Blf bluff bluf|Blfs bluffs|Blvd boulevard boul boulv|Bnd bend
Br branch brnch|Brg bridge brdge|Brk brook|Brks brooks|Btm bottom bot bottm|Byp bypass bypa bypas byps|Byu bayou bayoo|Cir circle circ circl crcl crcle|Cirs circles|Clb club|Clf cliff
Clfs cliffs|Cmn common|Cmns commons|Cor corner|Cors corners|Cp camp cmp|Cpe cape|Cres crescent crsent crsnt|Crk creek|Crse course|Crst crest|Cswy causeway causwa|Ct court|Cts courts
Ctr center cen cent centr centre cnter cntr|Ctrs centers|Curv curve|Cv cove|Cvs coves|Cyn canyon canyn cnyn|Dl dale|Dm dam|Dr drive driv drv|Drs drives|Dv divide div dvd|Est estate
Ests estates|Expy expressway exp expr express expw|Ext extension extn extnsn|Exts extensions|Fall|Fld field|Flds fields|Fls falls|Flt flat|Flts flats|Frd ford|Frds fords|Frg forge forg
Frgs forges|Frk fork|Frks forks|Frst forest forests|Fry ferry frry|Ft fort frt|Fwy freeway freewy frway frwy|Gdn garden gardn grden grdn|Gdns gardens grdns|Gln glen|Glns glens|Grn green
Grns greens|Grv grove grov|Grvs groves|Gtwy gateway gatewy gatway gtway|Hbr harbor harb harbr hrbor|Hbrs harbors|Hl hill|Hls hills|Holw hollow hllw hollows holws|Hts heights ht|Hvn haven
Hwy highway highwy hiway hiwy hway|Inlt inlet|Is island islnd|Isle isles|Iss islands islnds|Jct junction jction jctn junctn juncton|Jcts junctions jctns|Knl knoll knol|Knls knolls|Ky key
Kys keys|Land|Lck lock|Lcks locks|Ldg lodge ldge lodg|Lf loaf|Lgt light|Lgts lights|Lk lake|Lks lakes|Ln lane|Lndg landing lndng|Loop loops|Mall|Mdw meadow|Mdws meadows medows|Mews|Ml mill
Mls mills|Mnr manor|Mnrs manors|Msn mission missn mssn|Mt mount mnt|Mtn mountain mntain mntn mountin mtin|Mtns mountains mntns|Mtwy motorway|Nck neck|Opas overpass|Orch orchard orchrd
Oval ovl|Park parks prk|Pass|Path paths|Pike pikes|Pkwy parkway parkwy pkway pky parkways pkwys|Pl place|Pln plain|Plns plains|Plz plaza plza|Pne pine|Pnes pines|Pr prairie prr|Prt port
Prts ports|Psge passage|Pt point|Pts points|Radl radial rad radiel|Ramp|Rd road|Rdg ridge rdge|Rdgs ridges|Rds roads|Riv river rvr rivr|Rnch ranch ranches rnchs|Row|Rpd rapid|Rpds rapids
Rst rest|Rte route|Rue|Run|Shl shoal|Shls shoals|Shr shore shoar|Shrs shores shoars|Skwy skyway|Smt summit sumit sumitt|Spg spring spng sprng|Spgs springs spngs sprngs|Spur spurs
Sq square sqr sqre squ|Sqs squares sqrs|St street strt str|Sta station statn stn|Stra stravenue strav straven stravn strvn strvnue|Strm stream streme|Sts streets|Ter terrace terr
Tpke turnpike trnpk turnpk|Trak track tracks trk trks|Trce trace traces|Trfy trafficway|Trl trail trails trls|Trwy throughway|Tunl tunnel tunel tunls tunnels tunnl|Un union|Uns unions
Upas underpass|Via viaduct vdct viadct|Vis vista vist vst vsta|Vl ville|Vlg village vill villag villg villiage|Vlgs villages|Vly valley vally vlly|Vlys valleys|Vw view|Vws views
Walk walks|Wall|Way wy|Ways|Wl well|Wls wells|Xing crossing crssng|Xrd crossroad|Xrds crossroads`

/** Suffixes that hardly ever occur inside the name of a city: where one stands, the street ends. */
const COMMON: ReadonlySet<string> = new Set([
  'St', 'Ave', 'Rd', 'Dr', 'Blvd', 'Ln', 'Ct', 'Pl', 'Way', 'Cir', 'Ter', 'Pkwy', 'Hwy', 'Sq', 'Loop', 'Trl', 'Aly', 'Plz', 'Expy', 'Fwy', 'Tpke', 'Path', 'Row', 'Run', 'Cres',
]) // prettier-ignore

const ABBREVIATIONS: ReadonlyMap<string, string> = new Map(
  SUFFIXES.trim()
    .split(/[|\n]/)
    .flatMap((entry) => {
      const [abbreviation = '', ...spellings] = entry.trim().split(' ')
      return [abbreviation, ...spellings].map((spelling): [string, string] => [spelling.toLowerCase(), abbreviation])
    }),
)

/** "Street", "STREET", "St." → `St`. @returns undefined for a word that is no street suffix. */
export function streetSuffixOf(word: string): string | undefined {
  return ABBREVIATIONS.get(word.toLowerCase().replaceAll('.', ''))
}

/** Whether the word ends a street even when no comma follows. */
export function isCommonStreetSuffix(word: string): boolean {
  return COMMON.has(streetSuffixOf(word) ?? '')
}

/** Kinds of street that French puts in front: "rue Sainte-Catherine" (Canada Post, Addressing Guidelines). */
const FRENCH_TYPES: ReadonlyMap<string, string> = new Map([
  ['rue', 'Rue'], ['boul', 'Boul'], ['boulevard', 'Boul'], ['av', 'Av'], ['ave', 'Av'], ['avenue', 'Av'], ['ch', 'Ch'], ['chemin', 'Ch'], ['place', 'Pl'], ['pl', 'Pl'],
  ['montée', 'Montée'], ['rang', 'Rang'], ['côte', 'Côte'], ['allée', 'Allée'], ['impasse', 'Imp'], ['imp', 'Imp'], ['croissant', 'Crois'], ['promenade', 'Prom'], ['route', 'Rte'],
]) // prettier-ignore

export function frenchStreetTypeOf(word: string): string | undefined {
  return FRENCH_TYPES.get(word.toLowerCase().replaceAll('.', ''))
}
