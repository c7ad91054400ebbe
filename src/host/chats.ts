import type { Failure, ModelChoice, Part } from '../core/conversation/model.ts';
import { type AskContext, createSession, type Refusal, type Session } from '../core/conversation/session.ts';
import { defaultModel } from '../core/modelChoice.ts';
import { type Clock, fail, type Result, succeed } from '../core/ports.ts';
import { systemTexts } from '../core/request/systemPrompt.ts';
import type { Connection } from './connection.ts';
import type { ModelCatalogue } from './modelCatalogue.ts';
import { currentSettings } from './settings.ts';
import type { FileConversationStore } from './storage/conversationStore.ts';
import type { WriterLock } from './storage/writerLock.ts';

/** The open conversations of this window, each one once, however many pages show it. */
export interface Chats {
  /** The session of a conversation: the one that is open already, else read from disk, else a new one. */
  open(id: string): Promise<Result<Session>>;
  create(): Session;
  /** Sends a question. Resolves when it is under way, not when it is answered. */
  ask(session: Session, parts: readonly Part[]): Promise<Refusal | undefined>;
  retry(session: Session): Promise<Refusal | undefined>;
  /** Moves a conversation to the trash; stops its answer first. */
  remove(id: string): Promise<Result<void>>;
  modelOf(session: Session): ModelChoice;
  effortOf(session: Session): string;
  /** Resolves when all that has happened so far is on disk; does not wait for answers. */
  flush(): Promise<void>;
}

export interface ChatsParts {
  readonly store: FileConversationStore;
  readonly lock: WriterLock;
  readonly clock: Clock;
  readonly connection: Connection;
  readonly catalogue: ModelCatalogue;
  readonly lastModel: () => ModelChoice | undefined;
  readonly onStorageFailure: (failure: Failure) => void;
}

/** A question waits this long, in ms, for the models endpoint; then it goes without what the model can do. */
const MODELS_WITHIN = 4000;

export function createChats(parts: ChatsParts): Chats {
  const { store, lock, clock, connection, catalogue } = parts;
  const sessions = new Map<string, Session>();

  function adopt(open: Parameters<typeof createSession>[0]): Session {
    const session = createSession(open, clock, parts.onStorageFailure);
    const { id } = open.conversation;
    sessions.set(id, session);
    let wasBusy = false;
    session.subscribe(() => {
      if (session.busy !== wasBusy) lock.setBusy(id, session.busy).catch(() => undefined);
      wasBusy = session.busy;
    });
    return session;
  }

  function modelOf(session: Session): ModelChoice {
    const { model } = session.conversation;
    if (!model) return defaultModel(catalogue.models, currentSettings().model, parts.lastModel());
    return { id: model.id, name: catalogue.find(model.id)?.name ?? model.name };
  }

  const effortOf = (session: Session): string => session.conversation.effort ?? currentSettings().effort;

  async function context(session: Session): Promise<AskContext> {
    const claude = await connection.claude();
    if (claude.ok) await Promise.race([catalogue.ready(), delay(MODELS_WITHIN)]);
    const settings = currentSettings();
    const model = modelOf(session);
    const modelInfo = catalogue.find(model.id);
    return {
      claude,
      model,
      ...(modelInfo ? { modelInfo } : {}),
      effort: effortOf(session),
      maxOutputTokens: settings.maxOutputTokens,
      systemTexts: systemTexts(settings.instructions),
    };
  }

  return {
    modelOf,
    effortOf,
    async open(id) {
      const known = sessions.get(id);
      if (known && (known.conversation.turns.length === 0 || known.busy || (await lock.isOurs(id)))) {
        return succeed(known);
      }
      const opened = await store.open(id);
      if (opened.ok) return succeed(adopt(opened.value));
      const isNew = opened.failure.message === 'ENOENT';
      return isNew ? succeed(adopt(store.create(id))) : fail(opened.failure);
    },
    create: () => adopt(store.create()),
    async ask(session, question) {
      return session.ask(question, await context(session));
    },
    async retry(session) {
      return session.retry(await context(session));
    },
    async remove(id) {
      const session = sessions.get(id);
      session?.stop();
      await session?.settled();
      sessions.delete(id);
      return store.remove(id);
    },
    async flush() {
      await Promise.all([...sessions.values()].map((session) => session.flush()));
    },
  };
}

function delay(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
