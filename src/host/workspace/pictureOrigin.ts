import * as vscode from 'vscode';
import type { PictureOrigin } from '../../core/attaching.ts';
import { sha256Of } from '../sha256.ts';
import { contentAt } from './fileText.ts';
import type { FoundPicture } from './found.ts';

/** How the file of a picture compares with what it was. */
export type PictureNow =
  | { readonly state: 'same' }
  | { readonly state: 'gone' }
  | { readonly state: 'changed'; readonly bytes: Uint8Array; readonly origin: PictureOrigin };

/** What tells later whether the file of a picture has changed; undefined where it came from none. */
export async function originOf({ uri, bytes }: FoundPicture): Promise<PictureOrigin | undefined> {
  return uri === undefined ? undefined : { uri, sha256: await sha256Of(bytes), bytes: bytes.length };
}

/** Reads the file of a picture. What cannot be read, or is empty at the moment, is the same. Never throws. */
export async function pictureNow({ uri, sha256, bytes: size }: PictureOrigin): Promise<PictureNow> {
  try {
    const content = await contentAt(vscode.Uri.parse(uri));
    if (content.kind === 'nothing' && content.isGone) return { state: 'gone' };
    if (content.kind !== 'bytes' || content.bytes.length === 0) return { state: 'same' };
    const { bytes } = content;
    const now = await originOf({ label: '', bytes, uri });
    const isSame = !now || (bytes.length === size && now.sha256 === sha256);
    return isSame ? { state: 'same' } : { state: 'changed', bytes, origin: now };
  } catch {
    return { state: 'same' };
  }
}

/** The same without its bytes, for looking often: nothing is hashed where the size tells. */
export async function pictureState({
  uri,
  sha256,
  bytes: size,
}: PictureOrigin): Promise<PictureNow['state']> {
  try {
    const { size: now } = await vscode.workspace.fs.stat(vscode.Uri.parse(uri));
    if (now !== size) return now === 0 ? 'same' : 'changed';
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.parse(uri));
    return (await sha256Of(bytes)) === sha256 ? 'same' : 'changed';
  } catch (error) {
    return error instanceof vscode.FileSystemError && error.code === 'FileNotFound' ? 'gone' : 'same';
  }
}
