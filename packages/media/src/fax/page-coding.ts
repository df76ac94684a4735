/** How the sender codes a page: Modified Huffman, Modified READ (both ITU-T T.4), or the MMR of T.6. */
export type PageCoding = 'MH' | 'MR' | 'MMR'
