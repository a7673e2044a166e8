export { AgentPool } from './pool';
export type { AgentKind } from './pool';
export type { IAgentCommand, IAnswer } from './agent';
