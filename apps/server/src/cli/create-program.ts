import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { StartServer } from '../running-server.ts'
import { runDoctor } from './run-doctor.ts'
import { runStart } from './run-start.ts'

/**
 * The commands of `dialtone`. @param loadStartServer loads the server only when it is to start: help and doctor are quick.
 * @param exit is given the exit code of the command that ran.
 */
export function createProgram(loadStartServer: () => Promise<StartServer>, exit: (code: number) => void): Command {
  const program = new Command('dialtone')
    .description('An open cloud communications platform for voice service providers.')
    .version(versionOfProgram(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', '\nSettings are environment variables: docs/operations/configuration.md lists them.')
  program
    .command('start')
    .description('start the server; Ctrl-C stops it')
    .action(async () => exit(await runStart(loadStartServer)))
  program
    .command('doctor')
    .description('check whether the server would start on this machine')
    .action(async () => exit(await runDoctor()))
  program
    .command('renew-password')
    .argument('[username]', 'user name or e-mail address; the first operator when left out')
    .description('give a user a new random password and print it, while the server runs or not')
    // With it comes half of the server: help and doctor are quick without.
    .action(async (username?: string) => exit(await (await import('./run-renew-password.ts')).runRenewPassword(username)))
  program
    .command('backup')
    .argument('<folder>', 'where the copy is to be: there is nothing yet')
    .description('copy the data directory so that it can be started elsewhere, while the server runs or not')
    .action(async (folder: string) => exit(await (await import('./run-backup.ts')).runBackup(folder)))
  return program
}

function versionOfProgram(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }
  return manifest.version
}
