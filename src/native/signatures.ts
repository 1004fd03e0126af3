/**
 * The functions of TensorFlow's C API that gradstream calls: result type, then argument types, in koffi's words.
 * `void *` stands for every pointer: handles (bigint), typed arrays that are read or filled, and null.
 * `TF_Output` stands for `TF_Input` too, which is laid out alike.
 * Source: tensorflow/c/{c_api,python_api,tf_tensor,tf_status,tf_buffer,tf_tstring}.h and tensorflow/c/eager/c_api.h.
 */
export const signatures = {
  TF_Version: ['str', []],

  TF_NewStatus: ['void *', []],
  TF_DeleteStatus: ['void', ['void *']],
  TF_GetCode: ['int', ['void *']],
  TF_Message: ['str', ['void *']],

  TF_AllocateTensor: ['void *', ['int', 'void *', 'int', 'size_t']],
  TF_DeleteTensor: ['void', ['void *']],
  TF_TensorType: ['int', ['void *']],
  TF_NumDims: ['int', ['void *']],
  TF_Dim: ['int64', ['void *', 'int']],
  TF_TensorByteSize: ['size_t', ['void *']],
  TF_TensorData: ['void *', ['void *']],
  TF_StringInit: ['void', ['void *']],
  TF_StringCopy: ['void', ['void *', 'void *', 'size_t']],
  TF_StringGetDataPointer: ['void *', ['void *']],
  TF_StringGetSize: ['size_t', ['void *']],
  TF_StringDealloc: ['void', ['void *']],

  TF_NewBuffer: ['void *', []],
  TF_NewBufferFromString: ['void *', ['void *', 'size_t']],
  TF_DeleteBuffer: ['void', ['void *']],

  TF_DeviceListCount: ['int', ['void *']],
  TF_DeviceListName: ['str', ['void *', 'int', 'void *']],
  TF_DeviceListType: ['str', ['void *', 'int', 'void *']],
  TF_DeleteDeviceList: ['void', ['void *']],

  TFE_NewContextOptions: ['void *', []],
  TFE_ContextOptionsSetConfig: ['void', ['void *', 'void *', 'size_t', 'void *']],
  TFE_DeleteContextOptions: ['void', ['void *']],
  TFE_NewContext: ['void *', ['void *', 'void *']],
  TFE_ContextListDevices: ['void *', ['void *', 'void *']],
  TFE_NewTensorHandle: ['void *', ['void *', 'void *']],
  TFE_DeleteTensorHandle: ['void', ['void *']],
  TFE_TensorHandleDataType: ['int', ['void *']],
  TFE_TensorHandleNumDims: ['int', ['void *', 'void *']],
  TFE_TensorHandleDim: ['int64', ['void *', 'int', 'void *']],
  TFE_TensorHandleResolve: ['void *', ['void *', 'void *']],
  TFE_TensorHandleCopyToDevice: ['void *', ['void *', 'void *', 'str', 'void *']],
  TFE_NewOp: ['void *', ['void *', 'str', 'void *']],
  TFE_DeleteOp: ['void', ['void *']],
  TFE_OpSetDevice: ['void', ['void *', 'str', 'void *']],
  TFE_OpAddInput: ['void', ['void *', 'void *', 'void *']],
  TFE_OpSetAttrString: ['void', ['void *', 'str', 'str', 'size_t']],
  TFE_OpSetAttrStringList: ['void', ['void *', 'str', 'str *', 'void *', 'int']],
  TFE_OpSetAttrInt: ['void', ['void *', 'str', 'int64']],
  TFE_OpSetAttrFloat: ['void', ['void *', 'str', 'float']],
  TFE_OpSetAttrBool: ['void', ['void *', 'str', 'uint8']],
  TFE_OpSetAttrType: ['void', ['void *', 'str', 'int']],
  TFE_OpSetAttrShape: ['void', ['void *', 'str', 'void *', 'int', 'void *']],
  TFE_OpSetAttrIntList: ['void', ['void *', 'str', 'void *', 'int']],
  TFE_OpSetAttrFloatList: ['void', ['void *', 'str', 'void *', 'int']],
  TFE_OpSetAttrBoolList: ['void', ['void *', 'str', 'void *', 'int']],
  TFE_Execute: ['void', ['void *', 'void *', 'void *', 'void *']],

  TF_NewGraph: ['void *', []],
  TF_DeleteGraph: ['void', ['void *']],
  TF_NewOperation: ['void *', ['void *', 'str', 'str']],
  TF_FinishOperation: ['void *', ['void *', 'void *']],
  TF_AddInput: ['void', ['void *', 'TF_Output']],
  TF_AddInputList: ['void', ['void *', 'void *', 'int']],
  TF_AddControlInput: ['void', ['void *', 'void *']],
  TF_SetAttrString: ['void', ['void *', 'str', 'str', 'size_t']],
  TF_SetAttrStringList: ['void', ['void *', 'str', 'str *', 'void *', 'int']],
  TF_SetAttrInt: ['void', ['void *', 'str', 'int64']],
  TF_SetAttrFloat: ['void', ['void *', 'str', 'float']],
  TF_SetAttrBool: ['void', ['void *', 'str', 'uint8']],
  TF_SetAttrType: ['void', ['void *', 'str', 'int']],
  TF_SetAttrShape: ['void', ['void *', 'str', 'void *', 'int']],
  TF_SetAttrIntList: ['void', ['void *', 'str', 'void *', 'int']],
  TF_SetAttrFloatList: ['void', ['void *', 'str', 'void *', 'int']],
  TF_SetAttrBoolList: ['void', ['void *', 'str', 'void *', 'int']],
  TF_SetAttrTensor: ['void', ['void *', 'str', 'void *', 'void *']],
  TF_OperationNumOutputs: ['int', ['void *']],
  TF_OperationOutputType: ['int', ['TF_Output']],
  TF_GraphGetTensorNumDims: ['int', ['void *', 'TF_Output', 'void *']],
  TF_GraphGetTensorShape: ['void', ['void *', 'TF_Output', 'void *', 'int', 'void *']],
  TF_GraphSetTensorShape: ['void', ['void *', 'TF_Output', 'void *', 'int', 'void *']],
  TF_AddGradients: ['void', ['void *', 'void *', 'int', 'void *', 'int', 'void *', 'void *', 'void *']],
  TF_GraphNextOperation: ['void *', ['void *', 'void *']],
  TF_OperationOpType: ['str', ['void *']],
  TF_OperationGetAttrBool: ['void', ['void *', 'str', 'void *', 'void *']],
  TF_OperationGetAttrFloat: ['void', ['void *', 'str', 'void *', 'void *']],
  TF_OperationGetAttrString: ['void', ['void *', 'str', 'void *', 'size_t', 'void *']],
  TF_OperationGetAttrTensor: ['void', ['void *', 'str', 'void *', 'void *']],
  TF_OperationGetAttrIntList: ['void', ['void *', 'str', 'void *', 'int', 'void *']],
  TF_OperationNumInputs: ['int', ['void *']],
  TF_OperationInput: ['TF_Output', ['TF_Output']],
  TF_OperationOutputNumConsumers: ['int', ['TF_Output']],
  TF_OperationOutputConsumers: ['int', ['TF_Output', 'void *', 'int']],

  TF_NewSessionOptions: ['void *', []],
  TF_SetConfig: ['void', ['void *', 'void *', 'size_t', 'void *']],
  TF_DeleteSessionOptions: ['void', ['void *']],
  TF_NewSession: ['void *', ['void *', 'void *', 'void *']],
  TF_CloseSession: ['void', ['void *', 'void *']],
  TF_DeleteSession: ['void', ['void *', 'void *']],
  TF_SessionRun: [
    'void',
    ['void *', 'void *', 'void *', 'void *', 'int', 'void *', 'void *', 'int', 'void *', 'int', 'void *', 'void *'],
  ],
} as const satisfies Record<string, readonly [ResultType, readonly ArgumentType[]]>;

/** Functions that not every TensorFlow exports; nothing depends on them but speed. */
export const optionalSignatures = {
  TF_UpdateEdge: ['void', ['void *', 'TF_Output', 'TF_Output', 'void *']],
} as const satisfies Record<string, readonly [ResultType, readonly ArgumentType[]]>;

type ResultType = 'void' | 'void *' | 'str' | 'int' | 'int64' | 'size_t' | 'TF_Output';
type ArgumentType = 'void *' | 'str' | 'str *' | 'int' | 'int64' | 'size_t' | 'float' | 'uint8' | 'TF_Output';

/** Address of something on the native side. */
export type Pointer = bigint;

/** One output of an operation in a graph, by value (struct TF_Output). */
export interface GraphOutput {
  readonly oper: Pointer;
  readonly index: number;
}

/** What may stand where C wants a pointer. */
export type PointerArgument = Pointer | ArrayBufferView | null;

interface ResultTypes {
  void: undefined;
  'void *': Pointer;
  str: string;
  int: number;
  int64: number;
  size_t: number;
  TF_Output: GraphOutput;
}

interface ArgumentTypes {
  'void *': PointerArgument;
  str: string | null;
  'str *': readonly string[];
  int: number;
  int64: number;
  size_t: number;
  float: number;
  uint8: number;
  TF_Output: GraphOutput;
}

type Arguments<Types extends readonly ArgumentType[]> = { -readonly [I in keyof Types]: ArgumentTypes[Types[I]] };

/** A C function as koffi gives it: called directly, or on another thread by `async`. */
export interface NativeFunction<Result, Args extends unknown[]> {
  (...args: Args): Result;
  async(...args: [...Args, (error: Error | null, result: Result) => void]): void;
}

type Functions<Table extends Record<string, readonly [ResultType, readonly ArgumentType[]]>> = {
  readonly [Name in keyof Table]: NativeFunction<ResultTypes[Table[Name][0]], Arguments<Table[Name][1]>>;
};

/** The whole table, typed. */
export type CApi = Functions<typeof signatures> & Partial<Functions<typeof optionalSignatures>>;
