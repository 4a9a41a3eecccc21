"""The models themselves, and their ONNX form."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import RobustScaler, StandardScaler
from sklearn.svm import SVC, SVR

from demo_training.versions import GASES, MACHINE, Recipe

OPSET = 17
SEED = 7
_EPSILON = 0.15  # half-width of the regressor's tube, in natural logarithms of ppmv: about 15 %


class Trained(Protocol):
    """A trained model: matrices of rows and features in schema order, float32."""

    def answer(self, rows: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[np.float64] | None]:
        """(predictions, scores [N, C] or None)."""
        ...

    def to_onnx(self) -> bytes: ...


def train(recipe: Recipe, rows: NDArray[np.float32], labels: NDArray[Any]) -> Trained:
    """Fit the kind of model that the recipe's model name calls for."""
    if recipe.model == MACHINE:
        return _MachineModel(rows, labels)
    if labels.dtype.kind == "f":
        return _Concentration(recipe, rows, labels)
    return _GasClassifier(recipe, rows, labels)


def _scaler(recipe: Recipe) -> Any:
    return RobustScaler() if recipe.scaling == "robust" else StandardScaler()


class _GasClassifier:
    """Support vector machine with a Gaussian kernel; scores by Platt's sigmoid over five folds, one against all."""

    def __init__(self, recipe: Recipe, rows: NDArray[np.float32], labels: NDArray[Any]) -> None:
        folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
        machine = SVC(C=recipe.penalty, gamma=recipe.gamma)
        calibrated = CalibratedClassifierCV(machine, ensemble=False, cv=folds, method="sigmoid")
        self._model: Pipeline = make_pipeline(SimpleImputer(strategy="median"), _scaler(recipe), calibrated)
        self._model.fit(rows, labels.astype(str))

    def answer(self, rows: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[np.float64] | None]:
        known = self._model.predict_proba(rows)
        scores = np.zeros((len(rows), len(GASES)))
        scores[:, [GASES.index(name) for name in self._model.classes_]] = known
        return np.array(GASES)[scores.argmax(axis=1)], scores

    def to_onnx(self) -> bytes:
        model = to_onnx(
            self._model,
            np.zeros((1, 128), np.float32),
            options={id(self._model): {"zipmap": False}},
            target_opset=OPSET,
        )
        known = tuple(self._model.classes_)
        if known != GASES:  # a gas that the training months lack scores 0: the schema names six all the same
            for entry in model.graph.node:
                entry.input[:] = ["known_scores" if name == "probabilities" else name for name in entry.input]
                entry.output[:] = ["known_scores" if name == "probabilities" else name for name in entry.output]
            places = np.zeros((len(known), len(GASES)), np.float32)
            places[range(len(known)), [GASES.index(name) for name in known]] = 1.0
            model.graph.initializer.append(numpy_helper.from_array(places, "places"))
            model.graph.node.append(helper.make_node("MatMul", ["known_scores", "places"], ["probabilities"]))
            width = next(item for item in model.graph.output if item.name == "probabilities").type.tensor_type.shape
            width.dim[1].dim_value = len(GASES)
            onnx.checker.check_model(model)
        return bytes(model.SerializeToString())


class _Concentration:
    """Support vector regression of the logarithm; the ONNX file ends in an exponential, so it answers in ppmv."""

    def __init__(self, recipe: Recipe, rows: NDArray[np.float32], labels: NDArray[Any]) -> None:
        machine = SVR(C=recipe.penalty, gamma=recipe.gamma, epsilon=_EPSILON)
        self._model: Pipeline = make_pipeline(SimpleImputer(strategy="median"), _scaler(recipe), machine)
        self._model.fit(rows, np.log(labels))

    def answer(self, rows: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[np.float64] | None]:
        return np.exp(self._model.predict(rows)), None

    def to_onnx(self) -> bytes:
        model = to_onnx(self._model, np.zeros((1, 128), np.float32), target_opset=OPSET)
        logarithm = model.graph.output[0].name
        model.graph.node.append(helper.make_node("Exp", [logarithm], ["concentration_ppmv"]))
        del model.graph.output[:]
        model.graph.output.append(helper.make_tensor_value_info("concentration_ppmv", TensorProto.FLOAT, [None, 1]))
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())


class _MachineModel:
    """Gradient boosting over the five readings and three physical quantities made of them.

    The quantities are what breaks such a machine: heat that cannot leave (process minus air temperature), mechanical
    power (torque times speed), strain (torque times tool wear). They are computed inside the ONNX file.
    """

    def __init__(self, rows: NDArray[np.float32], labels: NDArray[Any]) -> None:
        self._model = GradientBoostingClassifier(n_estimators=80, max_depth=4, learning_rate=0.1, random_state=SEED)
        self._model.fit(_with_physics(rows), labels.astype(str))

    def answer(self, rows: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[np.float64] | None]:
        scores = self._model.predict_proba(_with_physics(rows))[:, ::-1]  # the schema's order: ok, failure
        return np.array(["ok", "failure"])[(scores[:, 1] > scores[:, 0]).astype(int)], scores

    def to_onnx(self) -> bytes:
        trees = to_onnx(
            self._model, np.zeros((1, 9), np.float32), options={id(self._model): {"zipmap": False}}, target_opset=OPSET
        )
        for entry in trees.graph.node:  # the trees read what the nodes below compute
            renamed = {"X": "with_physics", "probabilities": "scores_by_name"}
            entry.input[:] = [renamed.get(name, name) for name in entry.input]
            entry.output[:] = [renamed.get(name, name) for name in entry.output]
        nodes = [
            helper.make_node("Split", ["X", "ones"], ["type", "air", "process", "speed", "torque", "wear"], axis=1),
            helper.make_node("Sub", ["process", "air"], ["heat"]),
            helper.make_node("Mul", ["torque", "speed"], ["power"]),
            helper.make_node("Mul", ["torque", "wear"], ["strain"]),
            helper.make_node("Concat", ["X", "heat", "power", "strain"], ["with_physics"], axis=1),
            *trees.graph.node,
            helper.make_node("Gather", ["scores_by_name", "order"], ["probabilities"], axis=1),
        ]
        constants = [
            *trees.graph.initializer,
            numpy_helper.from_array(np.ones(6, np.int64), "ones"),
            numpy_helper.from_array(np.array([1, 0], np.int64), "order"),
        ]
        graph = helper.make_graph(
            nodes,
            "machine-failure",
            [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 6])],
            list(trees.graph.output),
            constants,
        )
        model = helper.make_model(graph, opset_imports=list(trees.opset_import), ir_version=trees.ir_version)
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())


def _with_physics(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    _, air, process, speed, torque, wear = rows.T
    return np.column_stack([rows, process - air, torque * speed, torque * wear]).astype(np.float32)
