import { Option } from 'commander';
import { dtypePolicies } from '../../src/native/dtypePolicy.js';

/** What a step computes in. */
export const dtypePolicyOption = (): Option =>
  new Option(
    '--dtype-policy <name>',
    'what steps compute in; mixed_bfloat16 is quicker on processors made for it, and less precise (default: float32)',
  ).choices([...dtypePolicies]);
