"""Builds a BERT encoder as an ONNX graph whose matrices are stored in 8 bits and multiplied in 32.

Every matrix is quantised in blocks along its input: w ≈ (q − 128) · scale, q one byte, one float32 scale a block. The
graph undoes this with plain Cast, Sub, Mul on constants, which ONNX Runtime folds once, when it loads the graph. So the
file is a quarter of float32's, products are as fast as float32's (faster on AVX2 than
MatMulNBits with 8 bits, measured), a row's result doesn't depend on the other rows of a batch (as it does with dynamic
quantisation), and activations aren't rounded. The word embeddings, looked up by GatherBlockQuantized, lie in a data
file of their own that all graphs of the folder share; a tied decoder multiplies with the same bytes.

Shapes: B texts of S tokens, H = 384 hidden, A = 12 heads, V = 30,522 pieces.
"""

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

BITS = 8
EMBEDDINGS_FILE = "embeddings.onnx_data"
EPSILON = 1e-12


def quantise(weight, block):
    """[N, K] float32 to ([N, K / block, block] uint8, [N, K / block] float32), symmetric about 128."""
    rows, columns = weight.shape
    blocks = weight.reshape(rows, columns // block, block)
    scales = np.abs(blocks).max(axis=2) / 127
    scales = np.where(scales == 0, 1, scales).astype(np.float32)
    codes = np.clip(np.rint(blocks / scales[:, :, None]) + 128, 0, 255).astype(np.uint8)
    return codes, scales


class EncoderGraph:
    """Collects nodes and weights; `save` writes NAME.onnx (weights inside, but for the shared embeddings)."""

    def __init__(self, weights, config, block=64):
        self.weights, self.config, self.block = weights, config, block
        self.nodes, self.initializers, self.external = [], [], []
        self.counter = 0

    def constant(self, name, array):
        if name not in {i.name for i in self.initializers}:
            self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(np.asarray(array)), name))
        return name

    def node(self, kind, inputs, domain="", outputs=1, **attributes):
        self.counter += 1
        names = [f"{kind}_{self.counter}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, f"{kind}_{self.counter}", domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def shared(self):
        """The tensors in the shared data file: the word table's codes and scales, and the positions (type 0 added)."""
        if not self.external:
            codes, scales = quantise(self.weights["embeddings.word_embeddings.weight"], self.block)
            positions = self.weights["embeddings.position_embeddings.weight"] + self.weights["embeddings.token_type_embeddings.weight"][0]
            arrays = (codes.reshape(len(codes), -1), scales, positions)
            self.external = list(zip(("word_embeddings.codes", "word_embeddings.scales", "positions"), arrays))
        return [name for name, _ in self.external]

    def look_up(self, ids):
        codes, scales, _ = self.shared()
        settings = {"bits": BITS, "block_size": self.block, "gather_axis": 0, "quantize_axis": 1}
        return self.node("GatherBlockQuantized", [codes, ids, scales], "com.microsoft", **settings)

    def product(self, x, weight, name, bias=None):
        """x · weightᵀ + bias, with `weight` [N, K] from a dictionary of float32 arrays."""
        codes, scales = quantise(weight, self.block)
        codes = self.constant(f"{name}.codes", codes.reshape(len(codes), -1))
        y = self.multiply_codes(x, codes, self.constant(f"{name}.scales", scales), weight.shape)
        return y if bias is None else self.node("Add", [y, self.constant(f"{name}.bias", bias)])

    def multiply_codes(self, x, codes, scales, shape):
        rows, columns = shape
        blocked = self.constant(f"shape_{rows}_{columns}_blocked", np.array([rows, columns // self.block, self.block], np.int64))
        whole = self.constant(f"shape_{rows}_{columns}", np.array([rows, columns], np.int64))
        values = self.node("Sub", [self.node("Cast", [codes], to=TensorProto.FLOAT), self.constant("middle_code", np.float32([128]))])
        scales = self.node("Unsqueeze", [scales, self.constant("last", np.array([-1], np.int64))])
        weight = self.node("Mul", [self.node("Reshape", [values, blocked]), scales])
        weight = self.node("Transpose", [self.node("Reshape", [weight, whole])], perm=[1, 0])
        return self.node("MatMul", [x, weight])

    def layer_norm(self, x, prefix, weights=None):
        weights = weights or self.weights
        scale = self.constant(f"{prefix}.weight", weights[f"{prefix}.weight"])
        bias = self.constant(f"{prefix}.bias", weights[f"{prefix}.bias"])
        return self.node("LayerNormalization", [x, scale, bias], axis=-1, epsilon=EPSILON)

    def encoder(self, ids="input_ids", mask="attention_mask"):
        """Adds the embeddings and all layers; returns the names of the hidden states [B, S, H], embeddings first."""
        length = self.node("Gather", [self.node("Shape", [ids]), self.constant("one", np.array([1], np.int64))])
        positions = self.node(
            "Slice",
            [
                self.shared()[2],
                self.constant("zeros", np.array([0], np.int64)),
                length,
            ],
        )
        x = self.node("Add", [self.look_up(ids), positions])
        x = self.layer_norm(x, "embeddings.LayerNorm")
        padding = self.node("Cast", [mask], to=TensorProto.INT32)
        states = [x]
        for i in range(self.config["num_hidden_layers"]):
            x = self.layer(x, f"encoder.layer.{i}", padding)
            states.append(x)
        return states

    def layer(self, x, prefix, padding):
        w = self.weights
        parts = [
            self.product(x, w[f"{prefix}.attention.self.{part}.weight"], f"{prefix}.{part}") for part in ("query", "key", "value")
        ]
        bias = np.concatenate([w[f"{prefix}.attention.self.{part}.bias"] for part in ("query", "key", "value")])
        attended = self.node(
            "MultiHeadAttention",
            [*parts, self.constant(f"{prefix}.qkv_bias", bias), padding],
            "com.microsoft",
            num_heads=self.config["num_attention_heads"],
            mask_filter_value=-10000.0,
        )
        y = self.product(attended, w[f"{prefix}.attention.output.dense.weight"], f"{prefix}.out")
        x = self.skip_norm(y, x, w[f"{prefix}.attention.output.dense.bias"], f"{prefix}.attention.output.LayerNorm")
        y = self.product(x, w[f"{prefix}.intermediate.dense.weight"], f"{prefix}.up")
        y = self.node("BiasGelu", [y, self.constant(f"{prefix}.up.bias", w[f"{prefix}.intermediate.dense.bias"])], "com.microsoft")
        y = self.product(y, w[f"{prefix}.output.dense.weight"], f"{prefix}.down")
        return self.skip_norm(y, x, w[f"{prefix}.output.dense.bias"], f"{prefix}.output.LayerNorm")

    def skip_norm(self, y, x, bias, prefix):
        scale = self.constant(f"{prefix}.weight", self.weights[f"{prefix}.weight"])
        shift = self.constant(f"{prefix}.bias", self.weights[f"{prefix}.bias"])
        return self.node("SkipLayerNormalization", [y, x, scale, shift, self.constant(f"{prefix}.skip_bias", bias)], "com.microsoft", epsilon=EPSILON)

    def mean_pool(self, states, mask="attention_mask"):
        """[B, S, H] to the direction of the mean over the tokens of each text, length 1: [B, H]. The sum is a product
        with the mask, because ReduceSum adds in another order when the batch has another size."""
        weights = self.node("Unsqueeze", [self.node("Cast", [mask], to=TensorProto.FLOAT), self.constant("middle", np.array([1], np.int64))])
        total = self.node("Squeeze", [self.node("MatMul", [weights, states]), self.constant("middle", np.array([1], np.int64))])
        return self.unit(total)

    def unit(self, x):
        return self.node("LpNormalization", [x], axis=-1, p=2)

    def rename(self, name, output):
        self.nodes.append(helper.make_node("Identity", [name], [output]))

    def save(self, path, inputs, outputs, note):
        """`inputs` and `outputs`: {name: (type, shape)}."""
        path = Path(path)
        infos = [[helper.make_tensor_value_info(n, t, s) for n, (t, s) in group.items()] for group in (inputs, outputs)]
        tensors = list(self.initializers)
        offset = 0
        for name, array in self.external:
            tensors.append(external_tensor(name, array, EMBEDDINGS_FILE, offset))
            offset += array.nbytes
        graph = helper.make_graph(self.nodes, path.stem, *infos, initializer=tensors)
        opset = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=8, doc_string=note)
        path.write_bytes(model.SerializeToString(deterministic=True))
        if self.external:
            data = b"".join(array.tobytes() for _, array in self.external)
            target = path.parent / EMBEDDINGS_FILE
            if target.exists() and target.read_bytes() != data:
                raise SystemExit(f"{target} holds another table than {path.name} needs: the embeddings must stay frozen.")
            target.write_bytes(data)


def external_tensor(name, array, location, offset):
    tensor = TensorProto(name=name, data_type=helper.np_dtype_to_tensor_dtype(array.dtype), dims=array.shape)
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", offset), ("length", array.nbytes)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def encoder_weights(base, trained):
    """MiniLM's weights with those that a recipe has trained, named "encoder.…", in their place."""
    weights = {name: base[name] for name in base}
    weights.update({n.removeprefix("encoder."): t for n, t in trained.items() if n.startswith("encoder.")})
    return weights


def numpy_weights(state):
    return {name: tensor.detach().float().cpu().numpy() for name, tensor in state.items()}


TEXT_INPUTS = {"input_ids": (TensorProto.INT64, ["batch", "length"]), "attention_mask": (TensorProto.INT64, ["batch", "length"])}
