export { AgentPool } from './pool';
export type { AgentKind, AgentRequest } from './pool';
export { spawnAgent } from './process';
export type { IAgentCommand, IAgentProcess, StartAgent } from './process';
export type { IAnswer } from './agent';
export { wholeFrame } from './whole';
