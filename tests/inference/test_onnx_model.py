from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, load_model_from_string

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import Feature, InputSchema
from aiqu_desktop.core.words import ColumnKind, Task
from aiqu_desktop.inference import OnnxModel
from tests.inference import tiny

REGRESSION = tiny.schema(Task.REGRESSION)


def test_a_classifier_gives_class_names_and_scores_in_schema_order() -> None:
    model = OnnxModel.from_bytes(tiny.classifier(), tiny.schema())
    answers = model.predict({"pressure": np.array([9.0, 0]), "flow": np.array([0, 9.0]), "grade": np.array(["A", "B"])})
    assert answers.values.tolist() == ["good", "bad"]
    assert answers.scores is not None
    assert answers.scores.shape == (2, 3)
    assert np.allclose(answers.scores.sum(axis=1), 1)
    assert answers.scores[0].argmax() == 0


def test_a_regressor_gives_one_float_a_row() -> None:
    answers = OnnxModel.from_bytes(tiny.regressor(), REGRESSION).predict(
        {"pressure": np.array([1.0]), "flow": np.array([2.0]), "grade": np.array(["C"])}
    )
    assert answers.values.tolist() == [221.0]
    assert answers.values.dtype == np.float64
    assert answers.scores is None


@pytest.mark.parametrize(("grade", "index"), [("A", 0), ("C", 2), ("never seen", -1), ("", -1), (None, -1)])
def test_a_category_is_its_index_and_minus_one_when_unseen_or_missing(grade: str | None, index: int) -> None:
    answers = OnnxModel.from_bytes(tiny.regressor((0, 0, 1)), REGRESSION).predict(
        {"pressure": np.zeros(1), "flow": np.zeros(1), "grade": np.array([grade], dtype=object)}
    )
    assert answers.values.tolist() == [index]


@pytest.mark.parametrize(
    "missing", [np.array([np.nan]), np.array([None]), np.array([""]), np.ma.masked_array([7.0], mask=[True])]
)
def test_a_missing_number_reaches_the_model_as_nan(missing: np.ndarray) -> None:
    answers = OnnxModel.from_bytes(tiny.regressor(), REGRESSION).predict(
        {"pressure": missing, "flow": np.zeros(1), "grade": np.array(["A"])}
    )
    assert np.isnan(answers.values[0])


def test_booleans_come_as_words_or_truth_values() -> None:
    schema = InputSchema(Task.REGRESSION, (Feature("open", ColumnKind.BOOLEAN), Feature("n", ColumnKind.INTEGER)))
    model = OnnxModel.from_bytes(tiny.regressor((1, 10)), schema)
    assert model.predict({"open": np.array(["true", "No"]), "n": np.array([1, 2])}).values.tolist() == [11, 20]
    assert model.predict({"open": np.array([True, False]), "n": np.array(["1", "2"])}).values.tolist() == [11, 20]
    with pytest.raises(UserError, match=r"'open'.*neither true nor false"):
        model.predict({"open": np.array(["perhaps"]), "n": np.array([1])})


def test_features_may_have_an_input_each_by_their_names() -> None:
    model = OnnxModel.from_bytes(tiny.by_name(), REGRESSION)
    columns = {"grade": np.array(["C", "A"]), "flow": np.array([2.0, 2.0]), "pressure": np.array([1.0, 1.0])}
    assert model.predict(columns).values.tolist() == [1003.0, 3.0]


def test_other_columns_are_ignored_and_no_rows_give_no_answers() -> None:
    model = OnnxModel.from_bytes(tiny.classifier(), tiny.schema())
    answers = model.predict({**tiny.rows(0), "operator": np.array([])})
    assert len(answers.values) == 0
    assert answers.scores is not None
    assert answers.scores.shape == (0, 3)


def test_a_lacking_column_is_named() -> None:
    columns = tiny.rows(3)
    del columns["flow"]
    with pytest.raises(UserError, match="'flow'"):
        OnnxModel.from_bytes(tiny.classifier(), tiny.schema()).predict(columns)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(UserError) as caught:
        OnnxModel.from_bytes(data, tiny.schema())
    assert "\n" not in str(caught.value)


@given(st.data())
def test_a_model_cut_short_or_damaged_never_escapes_as_another_error(data: st.DataObject) -> None:
    whole = bytearray(tiny.classifier())
    end = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        damaged = bytes(whole[:end])
    else:
        whole[end] ^= data.draw(st.integers(1, 255))
        damaged = bytes(whole)
    try:
        OnnxModel.from_bytes(damaged, tiny.schema()).predict(tiny.rows(2))
    except UserError as error:
        assert "\n" not in str(error)  # a flipped byte may also leave a sound model


def external(name: str = "w.bin") -> bytes:
    model = load_model_from_string(tiny.regressor())
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", name
    return model.SerializeToString()


def test_a_model_that_reads_another_file_is_refused_even_when_the_file_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w.bin").write_bytes(np.zeros(3, np.float32).tobytes())
    with pytest.raises(UserError, match="another file"):
        OnnxModel.from_bytes(external(), REGRESSION)


def test_a_file_reference_hidden_in_a_branch_of_a_branch_is_found() -> None:
    inner = load_model_from_string(external()).graph
    constant = helper.make_node("Constant", [], ["c"], value=inner.initializer[0])
    branch = helper.make_graph([constant], "deep", [], [helper.make_tensor_value_info("c", 1, None)])
    outer = helper.make_node("If", ["cond"], ["y"], then_branch=branch, else_branch=branch)
    model = tiny.packed(
        [outer],
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [helper.make_tensor("cond", TensorProto.BOOL, [], [True])],
    )
    with pytest.raises(UserError, match="another file"):
        OnnxModel.from_bytes(model.SerializeToString(), REGRESSION)


@pytest.mark.parametrize(
    ("model", "task", "says"),
    [
        (tiny.classifier(np.eye(4, 3)), Task.CLASSIFICATION, "takes 4 features and its schema names 3"),
        (tiny.classifier(width=2), Task.CLASSIFICATION, "scores 2 classes and its schema names 3"),
        (tiny.regressor(), Task.CLASSIFICATION, "does not give labels and scores"),
        (tiny.classifier(), Task.REGRESSION, "first output is not a number"),
        (tiny.by_name(), Task.CLASSIFICATION, "does not give labels and scores"),
    ],
)
def test_inputs_and_outputs_that_do_not_fit_the_schema_are_refused(model: bytes, task: Task, says: str) -> None:
    with pytest.raises(UserError, match=says):
        OnnxModel.from_bytes(model, tiny.schema(task))


def test_an_input_that_the_schema_does_not_name_is_named() -> None:
    schema = InputSchema(Task.REGRESSION, (*REGRESSION.features[:2], Feature("rank", ColumnKind.NUMERIC)))
    with pytest.raises(UserError, match="'grade'"):
        OnnxModel.from_bytes(tiny.by_name(), schema)


def test_a_class_number_outside_the_schema_is_refused() -> None:
    model = load_model_from_string(tiny.classifier())
    model.graph.node[1].output[0] = "raw"
    model.graph.initializer.append(helper.make_tensor("ten", TensorProto.INT64, [1], [10]))
    model.graph.node.append(helper.make_node("Add", ["raw", "ten"], ["label"]))
    with pytest.raises(UserError, match="class number 1"):
        OnnxModel.from_bytes(model.SerializeToString(), tiny.schema()).predict(tiny.rows(1))


def test_the_runtime_writes_nothing_on_stderr_when_it_refuses_a_model(tmp_path: Path) -> None:
    broken = load_model_from_string(tiny.regressor())
    broken.graph.node[0].op_type = "NoSuchOperator"
    (tmp_path / "model.onnx").write_bytes(broken.SerializeToString())
    program = (
        "import sys\n"
        "from tests.inference import tiny\n"
        "from aiqu_desktop.core.errors import UserError\n"
        "from aiqu_desktop.core.words import Task\n"
        "from aiqu_desktop.inference import OnnxModel\n"
        "try:\n"
        "    OnnxModel.from_bytes(open(sys.argv[1], 'rb').read(), tiny.schema(Task.REGRESSION))\n"
        "except UserError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "model.onnx")],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=True,
        timeout=60,
    )
    assert "NoSuchOperator" in done.stdout
    assert done.stderr == ""
