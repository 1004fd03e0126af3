import { AttributeType, type OpAttribute } from './executor.js';
import type { Library } from './library.js';
import type { Pointer } from './signatures.js';
import type { Status } from './status.js';

/** Sets one attribute on an operation that is being described. */
export type SetAttribute = (operation: Pointer, attribute: OpAttribute, status: Status) => void;

/** For operations that run at once (`TFE_Op`). */
export const eagerAttributes = (library: Library): SetAttribute =>
  setterOf({
    string: library.TFE_OpSetAttrString,
    stringList: library.TFE_OpSetAttrStringList,
    int: library.TFE_OpSetAttrInt,
    intList: library.TFE_OpSetAttrIntList,
    float: library.TFE_OpSetAttrFloat,
    floatList: library.TFE_OpSetAttrFloatList,
    bool: library.TFE_OpSetAttrBool,
    boolList: library.TFE_OpSetAttrBoolList,
    type: library.TFE_OpSetAttrType,
    shape: (operation, name, dims, status) => {
      library.TFE_OpSetAttrShape(operation, name, dims, dims.length, status.pointer);
      status.check(`attribute '${name}'`);
    },
  });

/** For operations of a graph (`TF_OperationDescription`). */
export const graphAttributes = (library: Library): SetAttribute =>
  setterOf({
    string: library.TF_SetAttrString,
    stringList: library.TF_SetAttrStringList,
    int: library.TF_SetAttrInt,
    intList: library.TF_SetAttrIntList,
    float: library.TF_SetAttrFloat,
    floatList: library.TF_SetAttrFloatList,
    bool: library.TF_SetAttrBool,
    boolList: library.TF_SetAttrBoolList,
    type: library.TF_SetAttrType,
    shape: (operation, name, dims) => library.TF_SetAttrShape(operation, name, dims, dims.length),
  });

interface AttributeFunctions {
  string(operation: Pointer, name: string, value: string, length: number): void;
  stringList(operation: Pointer, name: string, values: readonly string[], lengths: BigUint64Array, count: number): void;
  int(operation: Pointer, name: string, value: number): void;
  intList(operation: Pointer, name: string, values: BigInt64Array, count: number): void;
  float(operation: Pointer, name: string, value: number): void;
  floatList(operation: Pointer, name: string, values: Float32Array, count: number): void;
  bool(operation: Pointer, name: string, value: number): void;
  boolList(operation: Pointer, name: string, values: Uint8Array, count: number): void;
  type(operation: Pointer, name: string, value: number): void;
  shape(operation: Pointer, name: string, dims: BigInt64Array, status: Status): void;
}

const setterOf =
  (set: AttributeFunctions): SetAttribute =>
  (operation, { name, type, value }, status) => {
    switch (type) {
      case AttributeType.type:
        set.type(operation, name, value as number);
        break;
      case AttributeType.bool:
        if (Array.isArray(value)) set.boolList(operation, name, Uint8Array.from(value, Number), value.length);
        else set.bool(operation, name, value ? 1 : 0);
        break;
      case AttributeType.int:
        if (Array.isArray(value)) set.intList(operation, name, BigInt64Array.from(value, BigInt), value.length);
        else set.int(operation, name, value as number);
        break;
      case AttributeType.float:
        if (Array.isArray(value)) set.floatList(operation, name, Float32Array.from(value), value.length);
        else set.float(operation, name, value as number);
        break;
      case AttributeType.string:
        set.string(operation, name, value as string, Buffer.byteLength(value as string));
        break;
      case AttributeType.strings: {
        const texts = value as readonly string[];
        const lengths = BigUint64Array.from(texts, text => BigInt(Buffer.byteLength(text)));
        set.stringList(operation, name, texts, lengths, texts.length);
        break;
      }
      case AttributeType.shape:
        set.shape(operation, name, BigInt64Array.from(value as readonly number[], BigInt), status);
        break;
      default:
        throw new TypeError(`Attribute '${name}' has the unknown type ${type}.`);
    }
  };
