import { invalid } from '../errors.ts';
import { isWire, textOf, type Wire, wireOf, wires } from '../wire.ts';
import { onlyFields } from './checkFields.ts';
import type { CheckContext } from './checkRequest.ts';

/** Tools and tool choice. Server tools are taken where the model has them, though none is ever used. */
export function checkTools(request: Wire, { model, endpoint }: CheckContext): void {
  const tools = wires(request.tools);
  const names = new Set<string>();
  for (const [index, tool] of tools.entries()) {
    const path = `tools.${index}`;
    const type = textOf(tool.type);
    if (isServerTool(type)) {
      if (endpoint === 'count_tokens')
        throw invalid(path, `server tool '${type}' is not supported by count_tokens`);
      if (model.info.capabilities?.server_tools.supported === false) {
        throw invalid(path, `'${type}' is not supported on ${model.info.id}`);
      }
    } else if (type === '' || type === 'custom') {
      if (!isWire(tool.input_schema)) throw invalid(`${path}.custom.input_schema`, 'Field required');
    }
    const name = textOf(tool.name);
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
      throw invalid(`${path}.name`, "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
    }
    if (names.has(name)) {
      throw invalid('tools', 'Tool names must be unique.', { error_code: 'tool_name_conflict' });
    }
    names.add(name);
  }
  if (request.tool_choice !== undefined) checkChoice(request, model.rules.forcedToolChoice, names);
}

function checkChoice(request: Wire, forcing: boolean, names: ReadonlySet<string>): void {
  onlyFields(request.tool_choice, 'tool_choice', ['type', 'name', 'disable_parallel_tool_use']);
  const { type, name } = wireOf(request.tool_choice);
  if (!['auto', 'any', 'tool', 'none'].includes(textOf(type))) {
    throw invalid('tool_choice.type', `Input tag '${type}' does not match any of the expected tags`);
  }
  if (names.size === 0) throw invalid('tool_choice', 'may only be specified while providing tools');
  if ((type === 'any' || type === 'tool') && !forcing) {
    throw invalid('tool_choice.type', `'${type}' is not supported on this model`);
  }
  if (type === 'tool' && !names.has(textOf(name))) {
    throw invalid('tool_choice', `Tool '${name}' not found in provided tools`);
  }
}

const SERVER_TOOLS = /^(web_search|web_fetch|code_execution|tool_search_tool|advisor)_/;

function isServerTool(type: string): boolean {
  return SERVER_TOOLS.test(type);
}
